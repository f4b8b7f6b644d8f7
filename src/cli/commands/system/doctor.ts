import { checkMachine } from '../../../container/machine-report/checks';
import { defineCommand } from '../../define-command';
import { checkOptions } from '../../options/check-options';
import { printChecks } from '../../print/print-checks';
import { checkConfiguration } from './check-configuration';

/** `tspod doctor`: 0 when containers can run here, 1 when not. */
export default defineCommand({
  summary: 'Tell what works on this machine, and what mends the rest',
  usage: '[options]',
  description:
    'Looks at everything that containers need: user namespaces, layers, networks, bandwidth, control groups, disk space; what can be tried is tried. tspod network doctor tries networks in earnest. Each line is by itself; below one that is not ok stands the command that mends it. The exit status is 0 when containers can run here, 1 when something failed.',
  examples: ['tspod doctor', 'tspod doctor --json'],
  options: checkOptions,
  args: { min: 0, max: 0 },
  storeless: true,
  async run(ctx, flags, _args, output) {
    const checks = [...checkMachine(ctx), await checkConfiguration(ctx)];
    return printChecks(output, checks, { ...flags, env: ctx.env });
  },
});
