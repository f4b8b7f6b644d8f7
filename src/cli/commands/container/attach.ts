import { attachContainer } from '../../../container/attach';
import { latestContainer } from '../../../container/find';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';
import { detachKeysOf, detachKeysOption } from '../../options/detach-keys';
import { latestOption } from '../../options/selection';

/** `tspod attach`. */
export default defineCommand({
  summary: 'Attach to a running container',
  usage: '[options] CONTAINER',
  description:
    "Shows a running container's output, and gives it the caller's input when it was made with --interactive.",
  options: {
    'detach-keys': detachKeysOption,
    latest: latestOption,
    'no-stdin': { type: 'boolean', description: 'Do not give it any input' },
    'sig-proxy': { type: 'boolean', default: true, description: 'Pass signals to the container' },
  },
  args: { min: 0, max: 1 },
  examples: ['tspod attach web', 'tspod attach --no-stdin web'],
  async run(ctx, flags, [name]) {
    if ((name === undefined) === !flags.latest) throw oneContainer('attach', name);
    await configure(ctx);
    attachContainer(ctx, name ?? latestContainer(ctx).id, {
      stdin: !flags['no-stdin'],
      stdout: true,
      stderr: true,
      sigProxy: flags['sig-proxy'],
      detachKeys: detachKeysOf(ctx, flags['detach-keys']),
    });
  },
});

function oneContainer(command: string, name: string | undefined): TspodError {
  return new TspodError(
    'usage',
    name === undefined
      ? `"tspod ${command}" requires a name, id, or the "--latest" flag`
      : '--latest and containers cannot be used together',
  );
}
