import { resetStore } from '../../../container/reset-store';
import { confirm } from '../../confirm';
import { defineCommand } from '../../define-command';

/** `tspod system reset`. */
export default defineCommand({
  summary: 'Reset the store',
  usage: '[options]',
  description:
    'Stops and removes all containers, and removes all images and volumes and everything else that tspod keeps for this user: afterwards all is as it was before the first command.',
  examples: ['tspod system reset', 'tspod system reset --force'],
  options: { force: { type: 'boolean', short: 'f', description: 'Do not ask' } },
  args: { min: 0, max: 0 },
  async run(ctx, { force }, _args, output) {
    const what = [
      'all containers',
      'all images',
      'all volumes',
      `the store: "${ctx.paths.root}"`,
      `the runtime directory: "${ctx.paths.runRoot}"`,
    ];
    const warning = `WARNING! This will remove:\n${what.map((each) => `        - ${each}`).join('\n')}`;
    if (!force && !(await confirm(output, warning, []))) return;
    for (const name of await resetStore(ctx))
      output.note(`Warning: "${ctx.paths.root}/${name}" is not of tspod: left as it is`);
  },
});
