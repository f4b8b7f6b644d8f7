import { lookUpContainer, missingContainer } from '../../../container/find';
import { disconnectNetwork } from '../../../container/networks/change-networks';
import { defineCommand } from '../../define-command';

/** `tspod network disconnect`. */
export default defineCommand({
  summary: 'Disconnect a container from a network',
  usage: '[options] NETWORK CONTAINER',
  description:
    'Takes a container out of a network. One that runs loses the interface at once; its other networks, and connections through them, stay.',
  examples: ['tspod network disconnect db web'],
  options: {
    force: {
      type: 'boolean',
      short: 'f',
      default: false,
      description: 'A container that is missing, or not connected, is no error',
    },
  },
  args: { min: 2, max: 2 },
  configured: true,
  async run(ctx, { force }, [network = '', container = '']) {
    const id = lookUpContainer(ctx, container);
    if (id !== undefined) return disconnectNetwork(ctx, id, { network, force });
    if (!force) throw missingContainer(container);
  },
});
