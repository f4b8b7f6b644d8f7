import { chooseManifest } from '../../../image/pull/choose-manifest';
import { fetchConfig } from '../../../image/pull/fetch-blob';
import { defaultBlobRetry } from '../../../image/registry/retry';
import { repositoryOf } from '../../../image/name/reference';
import type { ImageReference } from '../../../image/name/reference';
import { pullSources } from '../../../image/registry/endpoints';
import type { Repository } from '../../../image/registry/types';
import { TspodError } from '../../../lib/errors';
import { isOlder } from '../../../store/build-cache';
import type { Build } from '../../engine/build';
import type { StageState } from '../../engine/stage-state';
import type { TellProgress } from '../../engine/pull-progress';
import type { KnownResult } from '../../engine/step-result';
import { fetchLayer } from './fetch-layer';
import { readStepImage } from './step-image';

/**
 * Asks the repositories of `--cache-from` for the result of a step, one after the other; a layer is fetched, verified and
 * unpacked. What is wrong under the key is warned of and passed over; a repository that cannot be asked is not asked again.
 */
export async function findStep(
  build: Build,
  state: StageState,
  { key, tell }: Pick<Wanted, 'key' | 'tell'>,
): Promise<KnownResult | undefined> {
  for (const reference of build.request.cache.from) {
    const name = repositoryOf(reference);
    if (build.remote.skipped.has(name)) continue;
    try {
      const found = await findIn(build, state, { reference, key, tell });
      if (found !== undefined) return found;
    } catch (error) {
      build.signal.throwIfAborted();
      passOver(build, { name, key, error });
    }
  }
  return undefined;
}

function passOver(build: Build, { name, key, error }: { name: string; key: string; error: unknown }): void {
  if (!(error instanceof TspodError)) throw error;
  if (error.code === 'invalid' || error.code === 'unsupported') {
    build.remote.wrong.add(`${name}:${key}`);
    build.warn(`--cache-from ${name}:${key}: ${error.message}`);
    return;
  }
  // steps of other stages may have asked meanwhile
  if (build.remote.skipped.has(name)) return;
  build.remote.skipped.add(name);
  build.warn(`--cache-from ${name} is not asked any more: ${error.message}`);
}

interface Wanted {
  reference: ImageReference;
  key: string;
  tell: TellProgress;
}

/** Mirrors first, as with a pull. */
async function findIn(
  build: Build,
  state: StageState,
  { reference, key, tell }: Wanted,
): Promise<KnownResult | undefined> {
  const options = { ...build.request.registry, signal: build.signal };
  let failure: TspodError | undefined;
  for (const source of pullSources(build.ctx, { ...reference, tag: key }, options)) {
    try {
      return await takeFrom(build, state, { source, key, tell });
    } catch (error) {
      if (!(error instanceof TspodError)) throw error;
      if (error.code !== 'not-found') failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

async function takeFrom(
  build: Build,
  state: StageState,
  { source, key, tell }: Pick<Wanted, 'key' | 'tell'> & { source: Repository },
): Promise<KnownResult | undefined> {
  const { store, signal, request } = build;
  const { parsed } = await chooseManifest(source, key, undefined);
  const options = { ...defaultBlobRetry, ...request.registry, source, signal };
  const { layer, ...times } = readStepImage(await fetchConfig(store, parsed.config, options), parsed, key);
  const { ttl } = request.cache;
  if (ttl !== undefined && isOlder(times, ttl)) return undefined;
  if (layer === undefined) return { ...times, isNew: true };
  return { ...times, isNew: true, layer: await fetchLayer(build, state, { layer, source, tell }) };
}
