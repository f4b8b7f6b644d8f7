import { goMap } from '../../lib/go-template/values';
import { signalName } from '../../lib/signals';
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
    Env: spec?.process.env ?? record.process.env,
    Cmd: record.command.length > 0 ? record.command : null,
    Image: record.imageName,
    Volumes: null,
    WorkingDir: record.process.cwd,
    Entrypoint: record.entrypoint.length > 0 ? record.entrypoint : null,
    OnBuild: null,
    Labels: goMap(record.labels),
    Annotations: goMap(spec?.annotations ?? options.annotations),
    StopSignal: signalName(record.stopSignal),
    ...healthcheck(options.health),
    CreateCommand: record.createCommand,
    ...(options.timezone === undefined ? {} : { Timezone: options.timezone }),
    Umask: options.umask.padStart(4, '0'),
    Timeout: options.timeout,
    StopTimeout: options.stopTimeout,
    Passwd: options.passwd !== false,
    sdNotifyMode: 'container',
    ...exposed(record),
  };
}

function healthcheck(health: Inspected['record']['options']['health']): object {
  const policy = {
    HealthcheckOnFailureAction: 'none',
    HealthLogDestination: 'local',
    HealthcheckMaxLogCount: 5,
    HealthcheckMaxLogSize: 500,
  };
  if (!health) return policy;
  const { test, interval, timeout, startPeriod, retries } = health;
  return {
    ...policy,
    Healthcheck: {
      Test: test,
      ...(startPeriod === undefined ? {} : { StartPeriod: startPeriod }),
      Interval: interval ?? 30_000_000_000,
      Timeout: timeout ?? 30_000_000_000,
      Retries: retries ?? 3,
    },
  };
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
