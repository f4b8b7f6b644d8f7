import type { HistoryEntry, ImageConfig, ImageRunConfig } from '../../image/format/image-config';
import type { ContainerRecord } from '../record';

/** What `commit` was told of the new image's configuration. */
export interface CommitSettings {
  author: string | undefined;
  message: string | undefined;
  /** What `--config` and `--change` say. */
  override: ImageRunConfig;
  includeVolumes: boolean;
  /** Docker's format keeps what the OCI's has no place for. */
  format: 'oci' | 'docker';
}

/**
 * The part of the configuration that `run` takes its defaults from: the image's, then what the container was made with,
 * then what was asked. Source: Podman, libpod/container_commit.go.
 */
export function commitRunConfig(
  record: ContainerRecord,
  base: ImageRunConfig,
  settings: CommitSettings,
): ImageRunConfig {
  const config: ImageRunConfig = {
    ...base,
    ...containerConfig(record),
    ExposedPorts: { ...base.ExposedPorts, ...portsOf(record) },
    Volumes: { ...base.Volumes, ...volumesOf(record, settings.includeVolumes) },
    Labels: { ...base.Labels, ...record.labels },
  };
  return tidy(applyOverride(config, settings.override), settings.format);
}

/** The steps of the image's making, with this one. */
export function commitHistory(
  record: ContainerRecord,
  base: ImageConfig | undefined,
  { author, created }: { author: string | undefined; created: string },
): HistoryEntry[] {
  const step: HistoryEntry = {
    created,
    created_by: base?.config?.Shell?.join(' ') || '/bin/sh',
    ...(author === undefined ? {} : { author }),
    comment: `FROM ${record.imageName || record.imageId}`,
  };
  return [...(base?.history ?? []), step];
}

function containerConfig(record: ContainerRecord): ImageRunConfig {
  const { env, cwd, user } = record.process;
  return {
    Env: env,
    WorkingDir: cwd,
    ...(user === '' ? {} : { User: user }),
    Entrypoint: record.entrypoint,
    Cmd: record.command,
  };
}

function portsOf({ ports, exposedPorts }: ContainerRecord): Record<string, object> {
  const published = ports.flatMap(({ containerPort, range, protocol }) =>
    Array.from({ length: range }, (_, index) => `${containerPort + index}/${protocol}`),
  );
  const exposed = exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`);
  return Object.fromEntries([...published, ...exposed].map((port) => [port, {}]));
}

function volumesOf({ options }: ContainerRecord, all: boolean): Record<string, object> {
  const included = options.mounts.filter(
    (mount) => (mount.kind === 'volume' && mount.anonymous) || (all && mount.kind !== 'tmpfs'),
  );
  return Object.fromEntries(included.map(({ target }) => [target, {}]));
}

/** A new entrypoint or command does not go with the old command or entrypoint. */
function applyOverride(config: ImageRunConfig, override: ImageRunConfig): ImageRunConfig {
  const result = { ...config, ...override };
  const names = new Set((override.Env ?? []).map(nameOf));
  result.Env = [...(config.Env ?? []).filter((entry) => !names.has(nameOf(entry))), ...(override.Env ?? [])];
  for (const key of ['ExposedPorts', 'Volumes'] as const) result[key] = { ...config[key], ...override[key] };
  result.Labels = { ...config.Labels, ...override.Labels };
  result.OnBuild = [...(config.OnBuild ?? []), ...(override.OnBuild ?? [])];
  if (override.Entrypoint !== undefined || override.Cmd !== undefined) {
    result.Entrypoint = override.Entrypoint ?? [];
    result.Cmd = override.Cmd ?? [];
  }
  if (override.WorkingDir !== undefined && !override.WorkingDir.startsWith('/'))
    result.WorkingDir = `/${override.WorkingDir}`;
  return result;
}

function nameOf(entry: string): string {
  return entry.split('=', 1)[0] ?? '';
}

/** In the order of the OCI image specification, without what is empty. */
function tidy(config: ImageRunConfig, format: CommitSettings['format']): ImageRunConfig {
  const docker = ['Healthcheck', 'OnBuild', 'Shell'] as const;
  const keys = [
    ...(['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels'] as const),
    ...(['StopSignal'] as const),
    ...(format === 'docker' ? docker : []),
  ];
  const kept = keys.filter((key) => !isEmpty(config[key])).map((key) => [key, sorted(config[key])] as const);
  return Object.fromEntries(kept) as ImageRunConfig;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value as object).length === 0)
  );
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
