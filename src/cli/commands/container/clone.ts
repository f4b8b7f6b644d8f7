import { cloneContainer } from '../../../container/clone';
import { findContainer } from '../../../container/find';
import { checkName } from '../../../container/options/check-name';
import { removeContainers } from '../../../container/remove';
import { throwFailures } from '../../../container/select';
import { startDetached } from '../../../container/start';
import { isAlive, readState } from '../../../container/state/status';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import type { ContainerFlags } from '../../options/container/container-options';
import { imageFetch } from '../../options/container/image-fetch';
import { CHANGED_LIMIT_OPTIONS, parseChangedLimits } from '../../options/container/update-options';

/** `tspod container clone`. */
export default defineCommand({
  summary: 'Clone an existing container',
  usage: '[options] CONTAINER [NAME [IMAGE]]',
  description:
    'Makes a container with the options of another one and prints its id: under a name of its own (NAME, else the name of the ' +
    'original with -clone), from the same image or from IMAGE, with other limits. What the original has written in its own file ' +
    'system does not go with it ("tspod commit" keeps that); volumes with a name are shared, anonymous ones are made anew.',
  options: {
    ...CHANGED_LIMIT_OPTIONS,
    destroy: { type: 'boolean', description: 'Remove the original when the copy is made' },
    force: { type: 'boolean', short: 'f', description: 'With --destroy: remove it also while it runs' },
    name: { type: 'string', value: 'NAME', description: 'Name the copy' },
    pod: { type: 'string', value: 'POD', description: 'Put it into a pod', refuse: 'there are no pods yet' },
    run: { type: 'boolean', description: 'Start the copy in the background' },
  },
  args: { min: 1, max: 3, missing: 'accepts between 1 and 3 arg(s), received 0' },
  examples: [
    'tspod container clone web',
    'tspod container clone --memory 1g --run --destroy --force web web2',
  ],
  configured: true,
  async run(ctx, { destroy, force, name: named, run, ...flags }, [from = '', name = named, image], output) {
    if (force && !destroy)
      throw new TspodError('usage', 'cannot set --force without --destroy: invalid argument');
    if (name !== undefined) checkName(name);
    const original = findContainer(ctx, from);
    if (destroy && !force && isAlive(readState(ctx, original.id))) throw stillRuns(original.id);
    const fetch = imageFetch(ctx, { pull: 'missing' } as ContainerFlags, output);
    const limits = parseChangedLimits(flags);
    const copy = await cloneContainer(ctx, original, { name, image, fetch, limits });
    if (destroy) {
      const { failures } = await removeContainers(ctx, [original.id], { force: force ?? false });
      throwFailures(failures);
    }
    if (run) await startDetached(ctx, copy);
    output.print(copy.id);
  },
});

function stillRuns(id: string): TspodError {
  return new TspodError(
    'state',
    `cannot remove container ${id} as it is running - running or paused containers cannot be removed without force: container state improper`,
    { hint: 'stop it first, or add --force' },
  );
}
