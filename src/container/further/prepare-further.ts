import { ensureImage } from '../../image/find/ensure-image';
import type { ResolvedImage } from '../../image/find/resolve';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import type { UserMount } from '../../volume/types';
import { withHealth } from '../create/create-health';
import { defaultEnvironment } from '../create/create-process';
import { findContainerId } from '../find';
import { isChecked } from '../create/health-config';
import type { ContainerOptions } from '../record';
import { expandVariables } from './expand-variables';
import type { FurtherOptions } from './further-options';

/**
 * The options of a new container with everything looked up that other containers and images say: full ids of what it requires,
 * layers of images that it mounts, variables of its own image. Throws 'not-found' and 'usage'.
 */
export async function prepareFurther(
  ctx: Context,
  asked: ContainerOptions,
  image: ResolvedImage | undefined,
): Promise<ContainerOptions> {
  const mounts: UserMount[] = [];
  for (const mount of asked.mounts)
    mounts.push(mount.kind === 'image' ? await withLayers(ctx, mount) : mount);
  if (asked.further === undefined) return { ...asked, mounts };
  const { envMerge, ...further } = asked.further;
  checkNotify(asked, image);
  return {
    ...asked,
    mounts,
    env: envMerge === undefined ? asked.env : mergedEnv(asked, image, envMerge),
    further: { ...further, ...requiredIds(ctx, further) },
  };
}

type ImageMount = Extract<UserMount, { kind: 'image' }>;

/** The image stays as it is now for this container, whatever its name stands for later. */
async function withLayers(ctx: Context, mount: ImageMount): Promise<ImageMount> {
  try {
    return { ...mount, chainIds: (await ensureImage(ctx, mount.source)).chainIds };
  } catch (error) {
    throw wrapError(`creating image volume "${mount.source}":"${mount.target}"`, error);
  }
}

function requiredIds(ctx: Context, { requires }: FurtherOptions): Pick<FurtherOptions, 'requires'> {
  if (requires === undefined) return {};
  return {
    requires: requires.map(({ kind, target }) => {
      try {
        return { kind, target: findContainerId(ctx, target) };
      } catch (error) {
        throw wrapError(`"${target}" is not a valid container, cannot be used as a dependency`, error);
      }
    }),
  };
}

function checkNotify(options: ContainerOptions, image: ResolvedImage | undefined): void {
  if (options.further?.notify?.mode !== 'healthy') return;
  if (isChecked(withHealth(options, image?.config.config ?? {}).health)) return;
  throw new TspodError('usage', 'sdnotify policy "healthy" requires a healthcheck to be set', {
    hint: 'add --health-cmd',
  });
}

/** What --env sets stays, and what --unsetenv takes away is gone. */
function mergedEnv(
  { env, ...options }: ContainerOptions,
  image: ResolvedImage | undefined,
  texts: readonly string[],
): Record<string, string> {
  const known = { ...defaultEnvironment(options, image?.config.config ?? {}) };
  const merged: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = expandVariables(text.slice(0, equals), known);
    known[name] = merged[name] = expandVariables(text.slice(equals + 1), known);
  }
  for (const name of options.unsetEnv ?? []) delete merged[name];
  return { ...(options.unsetEnvAll ? {} : merged), ...env };
}
