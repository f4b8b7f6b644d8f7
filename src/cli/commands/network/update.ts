import { updateRunning } from '../../../container/networks/update-running';
import { defineCommand } from '../../define-command';

/** `tspod network update`. */
export default defineCommand({
  summary: 'Update an existing network',
  usage: '[options] NETWORK',
  description:
    'Changes the name servers that are asked for names which no container of the network has, and prints what was typed. Containers that ' +
    'run have the change at once.',
  examples: ['tspod network update --dns-add 9.9.9.9 web', 'tspod network update --dns-drop 9.9.9.9 web'],
  options: {
    'dns-add': { type: 'list', commas: true, value: 'ADDRESS', description: 'Ask this name server too' },
    'dns-drop': { type: 'list', commas: true, value: 'ADDRESS', description: 'Do not ask this name server' },
  },
  args: { min: 1, max: 1 },
  configured: true,
  async run(ctx, flags, [name = ''], output) {
    await updateRunning(ctx, name, { addDns: flags['dns-add'], dropDns: flags['dns-drop'] });
    output.print(name);
  },
});
