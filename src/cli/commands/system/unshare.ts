import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod unshare COMMAND`: a program, by default the user's shell, as uid 0 with all subordinate ids. */
export default defineCommand({
  summary: 'Run a command in the user namespace of the containers',
  usage: '[options] [COMMAND [ARG...]]',
  description:
    'Runs a program as root of the user namespace that all containers of the user share, in a mount ' +
    "namespace of its own. Files that belong to the user's subordinate ids can be seen and changed there.",
  options: {
    'rootless-netns': {
      type: 'boolean',
      description: 'Join the network namespace of the bridges',
      refuse: 'that namespace is there only while containers on networks run: run the command in a container',
    },
  },
  args: { min: 0 },
  interspersed: false,
  examples: ['tspod unshare id', 'tspod unshare ls -ln ~/.local/share/tspod/volumes'],
  async run(ctx, _flags, args) {
    if (ctx.uid === 0) throw new TspodError('usage', 'please use unshare as an unprivileged user');
    const argv = args.length > 0 ? args : [ctx.env['SHELL'] || '/bin/sh'];
    const { enterWith } = await import('../../../runtime/enter');
    return enterWith(ctx, argv);
  },
});
