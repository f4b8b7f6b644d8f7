import { isAbsolute, resolve } from 'node:path';
import { checkOptions } from '../../../container/options/check-options';
import { checkName } from '../../../container/options/check-name';
import { parseEntrypoint } from '../../../container/options/parse-entrypoint';
import { parseEnv } from '../../../container/options/parse-env';
import { parseAnnotations, parseLabels } from '../../../container/options/parse-key-values';
import { parseLog } from '../../../container/options/parse-log';
import { parseRestart } from '../../../container/options/parse-restart';
import type { ContainerOptions } from '../../../container/record';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { parseSignal } from '../../../lib/signals';
import type { ContainerFlags } from './container-options';
import { checkLimited } from './limited-options';
import { parseIsolation } from './parse-isolation';
import { parseLimitFlags } from './parse-limit-flags';
import { parseNetworkFlags } from './parse-network-flags';
import { parseStorage } from './parse-storage';

/** What no flag says: it stands below the image, or below the flags that add to it. */
export interface ContainerDefaults extends Pick<ContainerOptions, 'defaultCapabilities' | 'defaultEnv'> {
  /** 0 or -1: no limit. */
  pids?: number;
}

/** Everything that `run` and `create` were asked for, parsed and free of contradictions. Throws 'usage' or 'unsupported'. */
export function parseContainerOptions(
  ctx: Context,
  flags: ContainerFlags,
  args: readonly string[],
  { pids, ...defaults }: ContainerDefaults = {},
): ContainerOptions {
  checkLimited(flags);
  const [image = '', ...command] = args;
  const options: ContainerOptions = {
    ...(flags.rootfs ? { image, rootfs: parseRootfs(image) } : { image }),
    command,
    ...parseIdentity(ctx, flags),
    ...parseProgram(ctx, flags),
    ...parseLife(flags),
    ...parseIsolation(ctx, flags),
    ...parseStorage(flags),
    ...parseNetworkFlags(flags),
    ...defaults,
    limits: parseLimitFlags(flags, pids),
    ...parseCgroups(flags),
    log: parseLog(flags['log-driver'] ?? 'k8s-file', flags['log-opt']),
  };
  checkOptions(options);
  return options;
}

function parseCgroups(flags: ContainerFlags): Pick<ContainerOptions, 'cgroups' | 'cgroupParent'> {
  const { cgroups = 'enabled', 'cgroup-parent': parent } = flags;
  const isOther = cgroups === 'disabled' || cgroups === 'no-conmon' || cgroups === 'split';
  if (!isOther && cgroups !== 'enabled')
    throw new TspodError('usage', `invalid cgroup mode "${cgroups}": invalid argument`, {
      hint: 'use enabled, disabled, no-conmon or split',
    });
  return { ...(isOther ? { cgroups } : {}), ...(parent ? { cgroupParent: parent } : {}) };
}

function parseRootfs(text: string): { directory: string; overlay: boolean } {
  const overlay = text.endsWith(':O');
  return { directory: resolve(overlay ? text.slice(0, -2) : text), overlay };
}

function parseIdentity(ctx: Context, flags: ContainerFlags) {
  return {
    ...(flags.name === undefined || flags.name === '' ? {} : { name: checkName(flags.name) }),
    ...(flags.cidfile === undefined ? {} : { cidFile: resolve(flags.cidfile) }),
    ...(flags.pidfile === undefined ? {} : { pidFile: resolve(flags.pidfile) }),
    ...(flags['conmon-pidfile'] === undefined ? {} : { monitorPidFile: resolve(flags['conmon-pidfile']) }),
    labels: { ...parseLabels(flags.label, flags['label-file']), ...unitLabel(ctx) },
    annotations: parseAnnotations(flags.annotation),
  };
}

/** The unit that a container is of, for `auto-update`. */
function unitLabel({ env }: Context): Record<string, string> {
  const unit = env['PODMAN_SYSTEMD_UNIT'];
  return unit === undefined ? {} : { PODMAN_SYSTEMD_UNIT: unit };
}

function parseProgram(ctx: Context, flags: ContainerFlags) {
  const { entrypoint, env, workdir, user, tz } = flags;
  return {
    ...(entrypoint === undefined ? {} : { entrypoint: parseEntrypoint(entrypoint) }),
    env: parseEnv(
      {
        entries: env,
        files: flags['env-file'],
        host: flags['env-host'] ?? false,
        proxy: flags['http-proxy'] ?? true,
      },
      ctx.env,
    ),
    envHost: flags['env-host'] ?? false,
    ...(flags.unsetenv.length === 0 ? {} : { unsetEnv: flags.unsetenv }),
    ...(flags['unsetenv-all'] ? { unsetEnvAll: true } : {}),
    ...(workdir === undefined || workdir === '' ? {} : { workdir: parseWorkdir(workdir) }),
    ...(user === undefined ? {} : { user }),
    groupAdd: flags['group-add'],
    ...(flags.passwd ? {} : { passwd: false }),
    ...parseEntries(flags),
    tty: flags.tty ?? false,
    interactive: flags.interactive ?? false,
    init: flags.init ?? false,
    ...(flags['init-path'] === undefined ? {} : { initPath: resolve(flags['init-path']) }),
    umask: parseUmask(flags.umask ?? '0022'),
    ...(tz === undefined ? {} : { timezone: tz }),
    ...(flags['oom-score-adj'] === undefined ? {} : { oomScoreAdj: parseScore(flags['oom-score-adj']) }),
  };
}

function parseEntries(flags: ContainerFlags) {
  const { 'passwd-entry': passwdEntry, 'group-entry': groupEntry } = flags;
  if (/\n/.test(`${passwdEntry ?? ''}${groupEntry ?? ''}`))
    throw new TspodError('usage', '--passwd-entry and --group-entry are one line each');
  return { ...(passwdEntry ? { passwdEntry } : {}), ...(groupEntry ? { groupEntry } : {}) };
}

function parseLife(flags: ContainerFlags) {
  const signal = flags['stop-signal'];
  if (signal !== undefined) parseSignal(signal);
  return {
    autoRemove: flags.rm ?? false,
    restart: parseRestart(flags.restart ?? ''),
    ...(signal === undefined ? {} : { stopSignal: signal }),
    stopTimeout: parseTime('stop-timeout', flags['stop-timeout'] ?? 10),
    timeout: parseTime('timeout', flags.timeout),
    ...parseSystemd(flags.systemd ?? 'true'),
  };
}

function parseSystemd(mode: string): { systemd?: boolean } {
  if (mode === 'true') return {};
  if (mode === 'always' || mode === 'false') return { systemd: mode === 'always' };
  throw new TspodError('usage', `--systemd values must be one of "true, false, always", not "${mode}"`);
}

function parseWorkdir(text: string): string {
  if (isAbsolute(text)) return text;
  throw new TspodError(
    'usage',
    `the working directory "${text}" is invalid, it needs to be an absolute path`,
  );
}

/** Four octal digits. Throws 'usage'. */
export function parseUmask(text: string): string {
  if (/^[0-7]{1,4}$/.test(text)) return text.padStart(4, '0');
  throw new TspodError('usage', `invalid umask string "${text}"`, {
    hint: 'write up to four octal digits: 0022',
  });
}

/** Seconds. Throws 'usage'. */
export function parseTime(option: string, seconds: number): number {
  if (seconds >= 0 && seconds < 2 ** 31) return seconds;
  throw new TspodError('usage', `invalid value for --${option}: ${seconds} is not a number of seconds`);
}

/** Throws 'usage'. */
export function parseScore(value: number): number {
  if (value >= -1000 && value <= 1000) return value;
  throw new TspodError('usage', `invalid value for --oom-score-adj: ${value} is not between -1000 and 1000`);
}
