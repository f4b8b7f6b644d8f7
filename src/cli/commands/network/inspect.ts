import { inspectNetwork } from '../../../container/networks/inspect-network';
import { networkUsers } from '../../../container/networks/network-users';
import { throwFailures } from '../../../container/select';
import { TspodError, wrapError } from '../../../lib/errors';
import { findNetwork } from '../../../network/record/network-record';
import { defineCommand } from '../../define-command';
import { printInspected } from '../../print/print-value';

/** `tspod network inspect`. */
export default defineCommand({
  summary: 'Inspect a network',
  usage: '[options] NETWORK [NETWORK...]',
  description:
    'Prints networks in the format of netavark, each with the containers that run in it and their addresses.',
  examples: ['tspod network inspect web', "tspod network inspect --format '{{.Subnets}}' web"],
  options: {
    format: { type: 'string', short: 'f', value: 'FORMAT', description: 'JSON or a Go template' },
  },
  args: { min: 1 },
  configured: true,
  run(ctx, { format }, names, output) {
    const users = networkUsers(ctx);
    const found: object[] = [];
    const failures: unknown[] = [];
    for (const name of names) {
      try {
        const network = findNetwork(ctx, name);
        found.push(inspectNetwork(ctx, network, users.get(network.name) ?? []));
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        failures.push(wrapError(`network ${name}`, error));
      }
    }
    printInspected(output, found, { format, name: 'inspect' });
    throwFailures(failures);
  },
});
