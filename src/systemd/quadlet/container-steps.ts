import { existsSync } from 'node:fs';
import { lastLineOf, setKey } from '../unit-file';
import { attachmentSteps } from './attachment-steps';
import { readArguments, readFlag, readText, readWords } from './read-key';
import { besideUnit } from './references';
import { each, flag, own, pairs, quoted, repeated, text, texts, words } from './steps';
import type { Conversion, QuadletStep } from './types';
import { userSteps } from './user-steps';
import { isExposed, isNumber, isOneOf, isPublished, isSeconds, isSize, isTime } from './value-checks';

const isCgroupsMode = isOneOf('enabled', 'disabled', 'no-conmon', 'split');

/** Every key of [Container], in the order of the words of `tspod run`. */
export const CONTAINER_STEPS: readonly QuadletStep[] = [
  // read elsewhere, as they are no options of `run`
  own(['Image', 'Rootfs', 'ContainerName', 'ServiceName', 'Exec', 'ReloadCmd', 'ReloadSignal'], () => []),
  own([repeated('GlobalArgs'), repeated('ContainersConfModule')], () => []),
  text('LogDriver', 'log-driver'),
  words('LogOpt', 'log-opt'),
  own([{ name: 'CgroupsMode', repeats: false, option: 'cgroups', check: isCgroupsMode }], (conversion) => {
    const mode = readText(conversion, 'CgroupsMode');
    return mode === undefined ? ['--cgroups=split'] : ['--cgroups', mode];
  }),
  text('Timezone', 'tz'),
  text('PidsLimit', 'pids-limit', isNumber(-1)),
  text('ShmSize', 'shm-size', isSize()),
  text('Entrypoint', 'entrypoint'),
  text('WorkingDir', 'workdir'),
  text('IP', 'ip'),
  text('IP6', 'ip6'),
  text('HostName', 'hostname'),
  text('StopSignal', 'stop-signal'),
  text('StopTimeout', 'stop-timeout', isNumber(-1)),
  text('Pull', 'pull', isOneOf('always', 'missing', 'never', 'newer', 'true', 'false')),
  text('Memory', 'memory', isSize('-1')),
  text('Retry', 'retry', isNumber()),
  text('RetryDelay', 'retry-delay', isSeconds),
  texts('NetworkAlias', 'network-alias'),
  texts('Ulimit', 'ulimit'),
  texts('DNS', 'dns'),
  texts('DNSOption', 'dns-option'),
  texts('DNSSearch', 'dns-search'),
  texts('GroupAdd', 'group-add'),
  texts('AddHost', 'add-host'),
  texts('Tmpfs', 'tmpfs'),
  flag('RunInit', 'init'),
  flag('EnvironmentHost', 'env-host'),
  flag('HttpProxy', 'http-proxy'),
  flag('ReadOnlyTmpfs', 'read-only-tmpfs'),
  attachmentSteps.network,
  own([{ name: 'Notify', repeats: false, check: isNotify }], notifyWords),
  own(['NoNewPrivileges'], (conversion) =>
    readFlag(conversion, 'NoNewPrivileges') === true ? ['--security-opt=no-new-privileges'] : [],
  ),
  label('SecurityLabelDisable', 'disable'),
  label('SecurityLabelNested', 'nested'),
  security('SecurityLabelType', 'label=type:'),
  security('SecurityLabelFileType', 'label=filetype:'),
  security('SecurityLabelLevel', 'label=level:'),
  security('AppArmor', 'apparmor='),
  own([repeated('AddDevice', 'device')], deviceWords),
  security('SeccompProfile', 'seccomp='),
  words('DropCapability', 'cap-drop', (name) => name.toLowerCase()),
  words('AddCapability', 'cap-add', (name) => name.toLowerCase()),
  words('Sysctl', 'sysctl'),
  flag('ReadOnly', 'read-only'),
  own(['VolatileTmp'], (conversion) =>
    readFlag(conversion, 'VolatileTmp') === true && readFlag(conversion, 'ReadOnly') !== true
      ? ['--tmpfs', '/tmp:rw,size=512M,mode=1777']
      : [],
  ),
  ...userSteps,
  attachmentSteps.volume,
  own([{ name: 'AutoUpdate', repeats: false, check: isOneOf('registry', 'local') }], (conversion) => {
    const policy = readText(conversion, 'AutoUpdate');
    return policy === undefined ? [] : ['--label', `io.containers.autoupdate=${policy}`];
  }),
  texts('ExposeHostPort', 'expose', isExposed),
  texts('PublishPort', 'publish', isPublished),
  pairs('Environment', 'env'),
  pairs('Label', 'label'),
  pairs('Annotation', 'annotation'),
  quoted('Mask', 'security-opt', (path) => `mask=${path}`),
  quoted('Unmask', 'security-opt', (path) => `unmask=${path}`),
  own([repeated('EnvironmentFile', 'env-file')], (conversion) =>
    each(
      '--env-file',
      readArguments(conversion, 'EnvironmentFile').map((path) => besideUnit(conversion, path)),
    ),
  ),
  quoted('Secret', 'secret'),
  attachmentSteps.mount,
  text('HealthCmd', 'health-cmd'),
  text('HealthInterval', 'health-interval', isTime('disable')),
  text('HealthOnFailure', 'health-on-failure', isOneOf('none', 'kill', 'restart', 'stop')),
  text('HealthLogDestination', 'health-log-destination'),
  text('HealthMaxLogCount', 'health-max-log-count', isNumber()),
  text('HealthMaxLogSize', 'health-max-log-size', isNumber()),
  text('HealthRetries', 'health-retries', isNumber(1)),
  text('HealthStartPeriod', 'health-start-period', isTime()),
  text('HealthTimeout', 'health-timeout', isTime()),
  text('HealthStartupCmd', 'health-startup-cmd'),
  text('HealthStartupInterval', 'health-startup-interval', isTime('disable')),
  text('HealthStartupRetries', 'health-startup-retries', isNumber()),
  text('HealthStartupSuccess', 'health-startup-success', isNumber()),
  text('HealthStartupTimeout', 'health-startup-timeout', isTime()),
  attachmentSteps.pod,
  own([repeated('PodmanArgs')], (conversion) => readArguments(conversion, 'PodmanArgs')),
];

function isNotify(value: string): string | undefined {
  return /^(healthy|1|yes|true|on|0|no|false|off)$/i.test(value)
    ? undefined
    : `"${value}" is neither yes nor no nor healthy`;
}

/** The container runs behind the unit, and somebody says when it is ready, unless the unit waits for its end. */
function notifyWords(conversion: Conversion): string[] {
  const { service } = conversion;
  const isOneshot = lastLineOf(service, 'Service', 'Type')?.value === 'oneshot';
  if (!isOneshot) {
    setKey(service, 'Service', 'Type', 'notify');
    setKey(service, 'Service', 'NotifyAccess', 'all');
  }
  if (!lastLineOf(service, 'Service', 'SyslogIdentifier'))
    setKey(service, 'Service', 'SyslogIdentifier', '%N');
  if (isOneshot) return [];
  const notify = readText(conversion, 'Notify')?.toLowerCase() ?? 'no';
  const mode = notify === 'healthy' ? 'healthy' : /^(1|yes|true|on)$/.test(notify) ? 'container' : 'conmon';
  return [`--sdnotify=${mode}`, '-d'];
}

function label(name: string, word: string): QuadletStep {
  return own([name], (conversion) =>
    readFlag(conversion, name) === true ? ['--security-opt', `label=${word}`] : [],
  );
}

function security(name: string, prefix: string): QuadletStep {
  return own([name], (conversion) => {
    const value = readText(conversion, name);
    return value === undefined ? [] : ['--security-opt', `${prefix}${value}`];
  });
}

/** A device with a minus before it is left out where it does not exist. */
function deviceWords(conversion: Conversion): string[] {
  const devices = readWords(conversion, 'AddDevice').flatMap((device) => {
    if (!device.startsWith('-')) return [device];
    return existsSync(device.slice(1).split(':')[0] ?? '') ? [device.slice(1)] : [];
  });
  return each('--device', devices);
}
