import { VERSION } from '../../../lib/version';
import { defineCommand } from '../../define-command';

/** The keys are those of Podman's `version`: scripts ask for `.Client.Version` and `.Version`. */
function clientVersion(): Record<string, string | number> {
  return {
    APIVersion: VERSION,
    Version: VERSION,
    NodeVersion: process.version,
    OsArch: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    Os: 'linux',
  };
}

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
    const client = clientVersion();
    if (format !== undefined && format !== '') {
      const { printValue } = await import('../../print/print-value');
      // Templates may leave out `.Client`, as in Podman.
      const value = format === 'json' ? { Client: client } : { Client: client, ...client };
      return printValue(output, value, { format, name: 'version' });
    }
    output.print('Client:       tspod');
    output.print(`Version:      ${client['Version']}`);
    output.print(`API Version:  ${client['APIVersion']}`);
    output.print(`Node Version: ${client['NodeVersion']}`);
    output.print(`OS/Arch:      ${client['OsArch']}`);
  },
});
