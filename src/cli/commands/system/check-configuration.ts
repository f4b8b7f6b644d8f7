import type { ContainersConf } from '../../../config/containers-conf-keys';
import { failure, type Check, type Finding } from '../../../container/machine-report/finding';
import type { Context } from '../../../lib/context';
import { configure } from '../../options/configure';
import { withContainerDefaults } from '../../options/container/container-defaults';
import { CONTAINER_OPTIONS, type ContainerFlags } from '../../options/container/container-options';
import { parseFlags } from '../../parse-flags';

/** Whether containers.conf can be read, whether its values make sense, and which of its keys have no effect. */
export async function checkConfiguration(ctx: Context): Promise<Check> {
  const name = 'containers.conf';
  try {
    return { name, ...describe(ctx, await configure({ ...ctx, log: () => undefined })) };
  } catch (error) {
    return { name, ...failure(error) };
  }
}

function describe(ctx: Context, conf: ContainersConf | undefined): Finding {
  if (conf === undefined) return { level: 'ok', detail: 'none' };
  const { flags } = parseFlags({ options: CONTAINER_OPTIONS, command: 'tspod run' }, []);
  withContainerDefaults(ctx, conf, flags as unknown as ContainerFlags);
  const files = conf.files.join(', ');
  if (conf.ignored.length === 0) return { level: 'ok', detail: files };
  const ignored = conf.ignored.map(({ key, origin }) => `${key} (${origin})`).join(', ');
  return {
    level: 'warn',
    detail: `without effect: ${ignored}`,
    cure: 'take these keys out, or leave them for Podman; containers.conf.example names those that tspod honours',
  };
}
