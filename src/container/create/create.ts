import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockContentShared } from '../../image/remove/collect-garbage';
import { ensureImage } from '../../image/find/ensure-image';
import type { ImageFetch } from '../../image/find/ensure-image';
import type { ResolvedImage } from '../../image/find/resolve';
import type { Context } from '../../lib/context';
import { describeError, TspodError } from '../../lib/errors';
import { randomId } from '../../lib/id';
import { parseSignal } from '../../lib/signals';
import { formatRfc3339, nowNs } from '../../lib/time';
import { storePaths } from '../../store/store-paths';
import { findProgram, isExecutableFile } from '../../sys/programs';
import { createIdMaps } from './create-id-maps';
import { createLayers } from './create-layers';
import { checkSources, ensureVolumes, planMounts } from './create-mounts';
import { chooseName, nameInUse } from './create-name';
import { reserveName } from '../names';
import { exposedPorts, publishedPorts } from './create-ports';
import { withHealth } from './create-health';
import { createHostname, createProcess, runsSystemd } from './create-process';
import { rewriteRecord, stageContainer } from './create-stage';
import { resolveTargets } from './create-targets';
import { idOfName } from '../find';
import { containerPaths } from '../paths';
import { checkRuntime } from '../options/check-runtime';
import type { ContainerOptions, ContainerRecord, LogSettings } from '../record';
import { timezoneFile } from '../spec/etc-files';
import { checkRelabels } from '../spec/security-modules';
import { recordContainerEvent } from '../container-events';
import { limitOf } from '../../volume/size-quota';

/** How a container is made. */
export interface CreateMode {
  /** Whether it has to last through a power loss before this returns: not when it is started at once. Default true. */
  sync?: boolean;
  /** The data of its secrets, by their places in the options. */
  secrets?: ReadonlyMap<number, Buffer> | undefined;
  /** Called when the image is there: what is left takes only milliseconds. */
  hasImage?: () => void;
}

/** What the command line says of it. */
export interface CreateAsked {
  fetch?: ImageFetch;
  /** The container that has its name is stopped and removed when the image is there. */
  replace?: boolean | undefined;
}

/**
 * Makes a container: its image is found (pulled as `fetch` says, or the embedded one loaded), its volumes and its directory
 * are made, its name is reserved. Everything is checked before anything is made; after an error nothing stays but the image
 * and volumes with a name.
 * Throws 'exists' for a name in use, 'not-found' for a missing image, device, bind source or container to join, and the
 * errors of a pull.
 */
export async function createContainer(
  ctx: Context,
  asked: ContainerOptions,
  createCommand: readonly string[],
  mode: CreateMode & CreateAsked = {},
): Promise<ContainerRecord> {
  // until the record names the layers, `rmi` would take them for unused
  const lock = lockContentShared(storePaths(ctx));
  try {
    const image = asked.rootfs ? undefined : await ensureImage(ctx, asked.image, mode.fetch);
    mode.hasImage?.();
    const options = await withFurther(ctx, asked, image);
    const found =
      options.secrets && (await import('../secrets/find-secrets')).findSecrets(ctx, options.secrets);
    const secrets = found ? { ...options, secrets: found.secrets } : options;
    const make = (): ContainerRecord =>
      makeContainer(ctx, { asked: secrets, image, createCommand }, { ...mode, secrets: found?.files });
    if (!mode.replace || asked.name === undefined) return make();
    return await (await import('../replace')).makeInPlace(ctx, asked.name, make);
  } finally {
    lock.release();
  }
}

/** What few containers are asked for is looked up by code that is loaded only then. */
async function withFurther(
  ctx: Context,
  asked: ContainerOptions,
  image: ResolvedImage | undefined,
): Promise<ContainerOptions> {
  const options =
    asked.network.kind === 'bridge'
      ? (await import('../networks/resolve-networks')).resolveNetworks(ctx, asked)
      : asked;
  if (options.further === undefined && !options.mounts.some(({ kind }) => kind === 'image')) return options;
  const { prepareFurther } = await import('../further/prepare-further');
  return prepareFurther(ctx, options, image);
}

/** Makes a container whose image is there, or that has a root file system of its own. Throws as `createContainer`. */
export function makeContainer(
  ctx: Context,
  { asked, image, createCommand }: ContainerRequest,
  mode: CreateMode = {},
): ContainerRecord {
  const name = chooseName(ctx, asked.name);
  const options = prepareOptions(ctx, asked);
  const record = makeRecord(ctx, { name, options, image, createCommand });
  ensureVolumes(ctx, record.options.mounts);
  const placed = placeContainer(ctx, record, { sync: mode.sync ?? true, secrets: mode.secrets });
  recordContainerEvent(ctx, placed, 'create');
  return placed;
}

/** What a container is made of; without an image its options have a root file system. */
export interface ContainerRequest {
  asked: ContainerOptions;
  image: ResolvedImage | undefined;
  createCommand: readonly string[];
}

function prepareOptions(ctx: Context, asked: ContainerOptions): ContainerOptions {
  const runtime = asked.runtime ?? ctx.overrides?.runtime ?? ctx.defaults?.runtime;
  const options = {
    ...resolveTargets(ctx, asked),
    ...(runtime === undefined ? {} : { runtime: runtimePath(ctx, runtime) }),
  };
  checkRuntime(options);
  if (options.timezone !== undefined) timezoneFile(options.timezone);
  if (options.rootfs) checkRootfs(options.rootfs.directory);
  return options.disk ? { ...options, disk: limitOf(ctx, options.disk) } : options;
}

interface RecordInput extends Omit<ContainerRequest, 'asked'> {
  name: string;
  options: ContainerOptions;
}

function makeRecord(ctx: Context, { name, options, image, createCommand }: RecordInput): ContainerRecord {
  const id = randomId();
  const config = image?.config.config ?? {};
  const program = createProcess(ctx, options, config);
  const mounts = planMounts(options, config);
  checkSources(mounts, options);
  checkRelabels(ctx, mounts);
  const exposed = exposedPorts(options, config);
  const idMaps = createIdMaps(ctx, options, image);
  const isSystemd = runsSystemd(options, program.process.argv);
  return {
    version: 1,
    id,
    name,
    created: timestamp(),
    imageId: image?.id ?? '',
    imageName: image?.name ?? '',
    imageDigest: image?.digest ?? '',
    chainIds: image?.chainIds ?? [],
    ...createLayers(ctx, image, idMaps, { plain: options.disk?.kind === 'image' }),
    options: {
      ...withHealth(options, config),
      mounts,
      log: createLog(ctx, options.log, id),
      ...(isSystemd ? { systemd: true } : {}),
    },
    ...program,
    labels: { ...config.Labels, ...options.labels },
    stopSignal: parseSignal(options.stopSignal ?? (config.StopSignal || defaultSignal(isSystemd))),
    exposedPorts: exposed,
    ports: publishedPorts(ctx, options, exposed),
    hostname: createHostname(ctx, options, { id, name }),
    ...(idMaps ? { idMaps } : {}),
    anonymousVolumes: mounts.flatMap((mount) =>
      mount.kind === 'volume' && mount.anonymous ? [mount.name] : [],
    ),
    createCommand: [...createCommand],
    imageSize: image?.size ?? 0,
  };
}

/** The directory first, then the name: a name never leads to half a container. */
function placeContainer(
  ctx: Context,
  record: ContainerRecord,
  options: { sync: boolean; secrets?: CreateMode['secrets'] },
): ContainerRecord {
  const { path: log } = record.options.log;
  if (ctx.defaults?.logFolder !== undefined && log !== undefined)
    mkdirSync(dirname(log), { recursive: true });
  stageContainer(ctx, record, options);
  let named = record;
  while (!reserveName(ctx, named.name, named.id)) {
    const holder = idOfName(ctx, named.name) ?? '';
    if (record.options.name !== undefined) {
      rmSync(containerPaths(ctx, record.id).directory, { recursive: true, force: true });
      throw nameInUse(record.name, holder);
    }
    const name = chooseName(ctx, undefined);
    named = { ...named, name, hostname: createHostname(ctx, record.options, { id: record.id, name }) };
    rewriteRecord(ctx, named, options);
  }
  return named;
}

function defaultSignal(isSystemd: boolean): string {
  return isSystemd ? 'SIGRTMIN+3' : 'SIGTERM';
}

/** With the file that containers.conf has for the log of this container. */
function createLog(ctx: Context, log: LogSettings, id: string): LogSettings {
  const folder = ctx.defaults?.logFolder;
  const isFile = log.driver === 'k8s-file' || log.driver === 'json-file';
  return folder === undefined || !isFile || log.path !== undefined
    ? log
    : { ...log, path: `${folder}/${id}/ctr.log` };
}

/** With all nine digits of the fraction, so that times sort as text. */
function timestamp(): string {
  const [seconds = '', fraction = ''] = formatRfc3339(nowNs()).slice(0, -1).split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}Z`;
}

function runtimePath(ctx: Context, runtime: string): string {
  if (runtime.startsWith('/')) return runtime;
  const path = configuredRuntime(ctx, runtime) ?? findProgram(ctx, runtime);
  if (path !== undefined) return path;
  throw new TspodError('machine', `default OCI runtime "${runtime}" not found`, {
    hint: `install it (sudo apt install ${runtime}), or leave --runtime and the key runtime of containers.conf out`,
  });
}

/** The first path that containers.conf has for this name and that is a program. */
function configuredRuntime({ defaults }: Context, name: string): string | undefined {
  const { runtimes = {} } = defaults ?? {};
  return Object.hasOwn(runtimes, name) ? runtimes[name]?.find(isExecutableFile) : undefined;
}

function checkRootfs(directory: string): void {
  try {
    if (statSync(directory).isDirectory()) return;
  } catch (error) {
    throw new TspodError(
      'not-found',
      `--rootfs "${directory}": ${describeError(error).replace(/^.*: /, '')}`,
      {
        cause: error,
      },
    );
  }
  throw new TspodError('invalid', `--rootfs "${directory}": it is not a directory`);
}
