import { GoDuration } from '../../lib/go-template/go-duration';
import { goMap, goMapOrNil } from '../../lib/go-template/values';
import { signalName } from '../../lib/signals';
import {
  HEALTH_DEFAULTS,
  type HealthConfig,
  type HealthOptions,
  type StartupHealth,
} from '../create/health-config';
import type { ContainerSecret } from '../record';
import type { Inspected } from './inspect-container';

/** The part `Config`: what the container is, wherever it runs. */
export function inspectConfig({ record, spec }: Inspected): object {
  const { options } = record;
  return {
    Hostname: record.hostname,
    Domainname: options.domainname ?? '',
    User: record.process.user,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: options.tty,
    OpenStdin: options.interactive,
    StdinOnce: false,
    Env: withoutSecrets(spec?.process.env ?? record.process.env, options.secrets),
    Cmd: record.command.length > 0 ? record.command : null,
    Image: record.imageName,
    Volumes: null,
    WorkingDir: record.process.cwd,
    Entrypoint: record.entrypoint.length > 0 ? record.entrypoint : null,
    OnBuild: null,
    Labels: goMapOrNil(record.labels),
    Annotations: goMap(spec?.annotations ?? options.annotations),
    StopSignal: signalName(record.stopSignal),
    ...secretsOf(options.secrets),
    ...healthcheck(options),
    CreateCommand: record.createCommand,
    ...(options.timezone === undefined ? {} : { Timezone: options.timezone }),
    Umask: options.umask.padStart(4, '0'),
    Timeout: options.timeout,
    StopTimeout: options.stopTimeout,
    Passwd: options.passwd !== false,
    // as with health checks: templates may name what JSON leaves out
    SystemdMode: options.systemd || undefined,
    ChrootDirs: options.further?.chrootDirs,
    sdNotifyMode: options.further?.notify?.mode ?? 'container',
    sdNotifySocket: options.further?.notify?.socket,
    ...exposed(record),
  };
}

function healthcheck({ health, startupHealth, healthPolicy }: HealthOptions): object {
  const policy = { ...HEALTH_DEFAULTS, ...healthPolicy };
  return {
    // not in JSON where there is none, but templates may name it
    StartupHealthCheck: startupHealth && startupFields(startupHealth),
    Healthcheck: health && healthFields(health),
    HealthcheckOnFailureAction: policy.onFailure,
    HealthLogDestination: policy.logDestination ?? 'local',
    HealthcheckMaxLogCount: policy.maxLogCount,
    HealthcheckMaxLogSize: policy.maxLogSize,
  };
}

/** Go leaves zeros out of JSON; templates see them. */
function healthFields(health: Partial<HealthConfig>): object {
  return {
    Test: health.test,
    StartPeriod: new GoDuration(health.startPeriod ?? 0),
    StartInterval: new GoDuration(health.startInterval ?? 0),
    Interval: new GoDuration(health.interval ?? 0),
    Timeout: new GoDuration(health.timeout ?? 0),
    ...(health.retries ? { Retries: health.retries } : {}),
  };
}

function startupFields(startup: StartupHealth): object {
  return { ...healthFields(startup), ...(startup.successes ? { Successes: startup.successes } : {}) };
}

function exposed({ exposedPorts, ports }: Inspected['record']): object {
  const names = [
    ...exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`),
    ...ports.flatMap(({ containerPort, range, protocol }) =>
      Array.from({ length: range }, (_, offset) => `${containerPort + offset}/${protocol}`),
    ),
  ];
  if (names.length === 0) return {};
  return { ExposedPorts: goMap(Object.fromEntries(names.map((name) => [name, {}]))) };
}

/** Files only, as Podman tells them. */
function secretsOf(secrets: readonly ContainerSecret[] = []): object {
  const files = secrets.filter(({ type }) => type === 'mount');
  if (files.length === 0) return {};
  return {
    Secrets: files.map(({ name, id, uid, gid, mode }) => ({
      Name: name,
      ID: id,
      UID: uid,
      GID: gid,
      Mode: mode,
    })),
  };
}

function withoutSecrets(env: readonly string[], secrets: readonly ContainerSecret[] = []): readonly string[] {
  const hidden = new Set(
    secrets.flatMap(({ type, name, target }) => (type === 'env' ? [target ?? name] : [])),
  );
  if (hidden.size === 0) return env;
  return env.map((entry) => {
    const name = entry.slice(0, entry.indexOf('='));
    return hidden.has(name) ? `${name}=*******` : entry;
  });
}
