import { versionInfo } from '../../../container/machine-report/version-info';
import { defineCommand } from '../../define-command';

/** `tspod version`. */
export default defineCommand({
  summary: 'Display the version',
  usage: '[options]',
  options: {
    format: {
      type: 'string',
      short: 'f',
      value: 'FORMAT',
      description: 'Change the output format to JSON or a Go template',
    },
  },
  args: { min: 0, max: 0 },
  examples: ['tspod version', "tspod version --format '{{.Client.Version}}'"],
  storeless: true,
  async run(_ctx, { format }, _args, output) {
    const client = versionInfo();
    if (format !== undefined && format !== '') {
      const { printValue } = await import('../../print/print-value');
      // templates may leave out `.Client`, as in Docker
      const fields = { Client: client, ...client };
      const value = Object.defineProperty(fields, 'toJSON', { value: () => ({ Client: client }) });
      return printValue(output, value, { format, name: 'version' });
    }
    output.print('Client:       tspod');
    output.print(`Version:      ${client.Version}`);
    output.print(`API Version:  ${client.APIVersion}`);
    output.print(`Node Version: ${process.version}`);
    if (client.Built > 0) output.print(`Built:        ${client.BuiltTime}`);
    output.print(`OS/Arch:      ${client.OsArch}`);
  },
});
