import type { Context } from '../lib/context';
import { startEarlyMonitor, type EarlyMonitor } from '../runtime/early-monitor';
import { createContainer, type CreateAsked } from './create/create';
import { removeIdFile, writeIdFile } from './create/create-files';
import type { ContainerOptions } from './record';
import { startContainer, type StartMode } from './start';

/**
 * Makes a container and becomes its foreground, or the one that prints its id: this process is replaced. Returns only by
 * throwing; a container with `--rm` that could not be started is removed again, as Podman does.
 */
export async function runContainer(
  ctx: Context,
  options: ContainerOptions,
  createCommand: readonly string[],
  mode: StartMode & CreateAsked,
): Promise<never> {
  // what is started at once is synced by its monitor
  const { fetch, replace, ...start } = mode;
  let monitor: EarlyMonitor | undefined;
  const hasImage = (): void =>
    void (monitor = passesDescriptors(ctx, mode) ? undefined : startEarlyMonitor(ctx));
  const create = { sync: false, replace, hasImage, ...(fetch === undefined ? {} : { fetch }) };
  const record = await createContainer(ctx, options, createCommand, create);
  try {
    writeIdFile(options, record.id);
    return await startContainer(ctx, record, start, monitor);
  } catch (error) {
    if (options.autoRemove) {
      const { removeContainers } = await import('./remove');
      await removeContainers(ctx, [record.id], { force: true, volumes: true });
      removeIdFile(options);
    }
    throw error;
  }
}

/** What the caller has open for the container is there for programs that this process becomes, not for those that it starts. */
function passesDescriptors({ env }: Context, { preserve }: StartMode): boolean {
  return preserve !== undefined || Boolean(env['LISTEN_FDS']);
}
