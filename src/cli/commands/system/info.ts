import { goNames } from '../../../container/machine-report/go-names';
import { machineInfo } from '../../../container/machine-report/info';
import { yamlText } from '../../../lib/yaml-text';
import { defineCommand } from '../../define-command';
import { printValue } from '../../print/print-value';

/** `tspod info`. */
export default defineCommand({
  summary: 'Display information about the engine and the machine',
  usage: '[options]',
  description: 'What works on this machine, and what does not, is told by "tspod doctor".',
  examples: ['tspod info', "tspod info --format '{{.Host.Kernel}}'"],
  options: {
    format: { type: 'string', short: 'f', value: 'FORMAT', description: 'JSON or a Go template' },
  },
  args: { min: 0, max: 0 },
  run(ctx, { format }, _args, output) {
    const info = machineInfo(ctx);
    if (format === undefined || format === '') return output.write(yamlText(info));
    if (format === 'json') return output.print(JSON.stringify(info, null, 2));
    printValue(output, goNames(info), { format, name: 'info' });
  },
});
