import { TspodError } from '../../lib/errors';
import { type CreateWords, splitCreateWords, valueOf } from './create-words';
import { escapeWord, ID_FILE, inheritedVariables, joinLines, startWords } from './service-words';
import type { Service, ServiceOptions, ServiceSubject } from './types';

const POLICIES = ['no', 'on-success', 'on-failure', 'on-abnormal', 'on-watchdog', 'on-abort', 'always'];
/** Seconds that systemd waits longer than the container has for its end. */
const PATIENCE = 60;

/**
 * A service for a container, line by line as podman-generate-systemd(1) makes it. `takesValue` says of an option of `run` whether a
 * word follows it. Throws 'usage' for a restart policy that systemd does not have.
 */
export function makeService(
  subject: ServiceSubject,
  options: ServiceOptions,
  takesValue: (option: string) => boolean,
): Service {
  const called = options.byName ? subject.name : subject.id;
  const service = options.prefix === '' ? called : `${options.prefix}${options.separator}${called}`;
  const name = options.isTemplate ? `${service}@` : service;
  const words = options.isNew ? splitCreateWords(subject.createCommand, takesValue) : undefined;
  const lines = [
    [`# ${name}.service`, ...options.header.map((line) => `# ${line}`)],
    unitLines(service, options),
    dependencyLines(options),
    serviceLines({ subject, options, called, service, words }),
    ['[Install]', 'WantedBy=default.target'],
  ];
  return {
    name,
    text: lines
      .filter((part) => part.length > 0)
      .map(joinPart)
      .join('\n'),
  };
}

function joinPart(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function unitLines(service: string, { isTemplate, isNew, runRoot }: ServiceOptions): string[] {
  return [
    '[Unit]',
    `Description=tspod ${service}.service${isTemplate ? ' for %I' : ''}`,
    'Documentation=man:tspod-generate-systemd(1)',
    'Wants=network-online.target',
    'After=network-online.target',
    `RequiresMountsFor=${isNew ? '%t/tspod' : runRoot}`,
  ];
}

function dependencyLines({ wants, after, requires }: ServiceOptions): string[] {
  const lines = Object.entries({ Wants: wants, After: after, Requires: requires })
    .filter(([, units]) => units.length > 0)
    .map(([key, units]) => `${key}=${units.join(' ')}`);
  return lines.length === 0 ? [] : ['# User-defined dependencies', ...lines];
}

interface ServiceParts {
  subject: ServiceSubject;
  options: ServiceOptions;
  called: string;
  service: string;
  words: CreateWords | undefined;
}

function serviceLines(parts: ServiceParts): string[] {
  const { subject, options, words } = parts;
  const stopTimeout = options.stopTimeout ?? subject.stopTimeout;
  const restart = restartOf(options, words);
  const inherited = words === undefined ? [] : inheritedVariables(words, subject);
  return [
    '[Service]',
    `Environment=PODMAN_SYSTEMD_UNIT=%n${options.isTemplate ? '-%i' : ''}`,
    ...(inherited.length === 0 ? [] : [`Environment=${inherited.join(' ')}`]),
    ...options.env.map((entry) => `Environment=${escapeWord(entry)}`),
    `Restart=${restart.policy}`,
    ...(options.restartSec ? [`RestartSec=${options.restartSec}`] : []),
    ...(restart.burst === undefined ? [] : [`StartLimitBurst=${restart.burst}`]),
    ...(options.startTimeout ? [`TimeoutStartSec=${options.startTimeout}`] : []),
    `TimeoutStopSec=${PATIENCE + stopTimeout}`,
    ...(words === undefined ? startedLines(parts, stopTimeout) : madeLines(parts, words, stopTimeout)),
  ];
}

/** A container that exists is started and stopped; the file with its monitor's pid tells systemd which process it is. */
function startedLines({ subject, options, called }: ServiceParts, stopTimeout: number): string[] {
  const program = joinLines(options.program);
  const stop = `${program} stop  \\\n\t-t ${stopTimeout} ${called}`;
  return [
    `ExecStart=${program} start ${called}`,
    `ExecStop=${stop}`,
    `ExecStopPost=${stop}`,
    `PIDFile=${subject.monitorPidFile}`,
    'Type=forking',
  ];
}

/** A new container is made at each start and removed at the end; its monitor tells systemd that it runs. */
function madeLines({ options, service }: ServiceParts, words: CreateWords, stopTimeout: number): string[] {
  const stop = [...options.program, 'stop', '--ignore', '-t', String(stopTimeout), ID_FILE];
  const remove = [...options.program, 'rm', '-f', '--ignore', '-t', String(stopTimeout), ID_FILE];
  return [
    `ExecStart=${joinLines(startWords(words, options, service))}`,
    `ExecStop=${joinLines(stop).replace(' \\\n\t-t', ' -t')}`,
    `ExecStopPost=${joinLines(remove).replace(' \\\n\t-t', ' -t')}`,
    'Type=notify',
    'NotifyAccess=all',
  ];
}

/** What was asked for, else the policy of the container itself, which systemd follows in its place. */
function restartOf(
  { restartPolicy }: ServiceOptions,
  words: CreateWords | undefined,
): { policy: string; burst?: string } {
  if (restartPolicy !== undefined) {
    if (POLICIES.includes(restartPolicy)) return { policy: restartPolicy };
    throw new TspodError('usage', `${restartPolicy} is not a valid restart policy`, {
      hint: `use ${POLICIES.join(', ')}`,
    });
  }
  const own = words && valueOf(words, 'restart');
  if (!own) return { policy: 'on-failure' };
  const [policy = '', burst] = own.split(':');
  if (policy === 'unless-stopped') return { policy: 'always' };
  return { policy, ...(burst === undefined ? {} : { burst }) };
}
