import { networkFacts } from '../../../container/networks/doctor/facts';
import { tryNetwork } from '../../../container/networks/doctor/trial';
import { defineCommand } from '../../define-command';
import { checkOptions } from '../../options/check-options';
import { configure } from '../../options/configure';
import { printChecks } from '../../print/print-checks';

/** `tspod network doctor`: 0 when networks work here, 1 when something of them failed. */
export default defineCommand({
  summary: 'Tell what works of networks on this machine, and what mends the rest',
  usage: '[options]',
  description:
    'Tells the driver, the helper that is the way out, the MTU, what forwards ports and what resolves names. Then it makes a network ' +
    "and a container in a store of their own, and tries each part: the container's name, other names, a connection from the container " +
    'to the host, full packets on it, and one from the host through a published port. Nothing of it is left, and no other container is touched. Below a line ' +
    'that is not ok stands what mends it. The exit status is 0 when networks work, 1 when something failed.',
  examples: ['tspod network doctor', 'tspod network doctor --json'],
  options: checkOptions,
  args: { min: 0, max: 0 },
  storeless: true,
  async run(ctx, flags, _args, output) {
    await configure(ctx);
    const facts = networkFacts(ctx);
    const isLacking = facts.some(({ level }) => level === 'fail');
    const checks = isLacking ? facts : [...facts, ...(await tryNetwork(ctx))];
    return printChecks(output, checks, { ...flags, env: ctx.env });
  },
});
