import type { ContainersConf } from '../../../config/containers-conf-keys';
import { goNames } from '../../../container/machine-report/go-names';
import { machineInfo } from '../../../container/machine-report/info';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { yamlText } from '../../../lib/yaml-text';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';
import { printValue } from '../../print/print-value';

/** `tspod info`. */
export default defineCommand({
  summary: 'Display information about the engine and the machine',
  usage: '[options]',
  description:
    'What works on this machine, and what does not, is told by "tspod doctor". With --debug the files of containers.conf follow, and those of their keys that have no effect.',
  examples: ['tspod info', "tspod info --format '{{.Host.Kernel}}'", 'tspod info --debug'],
  options: {
    debug: { type: 'boolean', short: 'D', description: 'Tell of the configuration too' },
    format: { type: 'string', short: 'f', value: 'FORMAT', description: 'JSON or a Go template' },
  },
  args: { min: 0, max: 0 },
  async run(ctx, { debug, format }, _args, output) {
    const conf = await configurationOf(ctx, debug === true);
    const info = { ...machineInfo(ctx), ...(debug === true ? { debug: configuration(conf) } : {}) };
    if (format === undefined || format === '') return output.write(yamlText(info));
    if (format === 'json') return output.print(JSON.stringify(info, null, 2));
    printValue(output, goNames(info), { format, name: 'info' });
  },
});

/** A file that cannot be read is an error only where it is asked for: the rest of the machine is told of all the same. */
async function configurationOf(ctx: Context, isAsked: boolean): Promise<ContainersConf | undefined> {
  try {
    return await configure(ctx);
  } catch (error) {
    if (isAsked || !(error instanceof TspodError)) throw error;
    ctx.log('warn', error.message);
    return undefined;
  }
}

/** The files that were read, and the keys in them that nothing uses. */
function configuration(conf: ContainersConf | undefined) {
  const unused = conf?.ignored ?? [];
  return {
    configurationFiles: conf?.files ?? [],
    usedKeys: Object.entries(conf?.origins ?? {}).map(([key, origin]) => ({ key, origin })),
    unusedKeys: unused.map(({ key, origin, reason }) => ({
      key,
      origin,
      knownToPodman: reason !== undefined,
      reason: reason ?? 'not known: is it spelt right?',
    })),
  };
}
