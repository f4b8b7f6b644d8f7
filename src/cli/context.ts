import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Context, LogLevel, Overrides, Paths } from '../lib/context';
import { TspodError, isErrno } from '../lib/errors';
import { JOURNAL_SOCKET } from '../lib/engine-event';
import type { FlagValue } from './flag-value';
import type { Output } from './define-command';

type Environment = Readonly<Record<string, string | undefined>>;
type GlobalFlags = Readonly<Record<string, FlagValue | undefined>>;

/** Who runs this process, beyond its ids in the namespace in which it happens to be. */
interface Identity {
  uid: number;
  gid: number;
  hasIds: boolean;
}

/**
 * The context of one command, from the environment and the global options. The run root is made (mode 0700) when it
 * is missing; throws a machine error when it belongs to somebody else.
 */
export function createContext(env: Environment, flags: GlobalFlags, output: Output): Context {
  const identity = identify(env);
  let user = identity.hasIds ? env['TSPOD_USER'] : undefined;
  const home = env['HOME'] || passwordEntry().homedir;
  const overrides = overridesOf(flags);
  return {
    ...identity,
    // Only who needs the name pays for reading the password file.
    get user() {
      return (user ??= userName(env, identity.uid));
    },
    home,
    env,
    paths: pathsOf(env, flags, identity.uid, home),
    ...(overrides === undefined ? {} : { overrides }),
    pendingEvents: [],
    log: logger(flags['log-level'], output),
  };
}

/**
 * Inside the common user namespace the process is uid 0 and TSPOD_UID names the real user. The variables mean nothing
 * elsewhere: they may have been inherited by a shell.
 */
function identify(env: Environment): Identity {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const real = numberOf(env['TSPOD_UID']);
  if (uid !== 0 || real === undefined || isInitialUserNamespace()) return { uid, gid, hasIds: uid === 0 };
  return { uid: real, gid: numberOf(env['TSPOD_GID']) ?? real, hasIds: true };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function isInitialUserNamespace(): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

function userName(env: Environment, uid: number): string {
  try {
    return localName(uid) ?? passwordEntry().username;
  } catch {
    return env['USER'] || String(uid);
  }
}

/** The first user of that number in the password file (passwd(5)). */
function localName(uid: number): string | undefined {
  const text = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
  return new RegExp(`^([^:\\n]+):[^:\\n]*:${uid}:`, 'm').exec(text)?.[1];
}

/** What the C library knows of others than those of the file; Node's module is loaded when it is asked for. */
function passwordEntry(): { username: string; homedir: string } {
  return process.getBuiltinModule('node:os').userInfo();
}

function pathsOf(env: Environment, flags: GlobalFlags, uid: number, home: string): Paths {
  const dist = bundleDirectory();
  return {
    root: keepable(stringFlag(flags['root']) ?? defaultRoot(env, uid, home)),
    runRoot: keepable(stringFlag(flags['runroot']) ?? defaultRunRoot(env, uid)),
    cache: keepable(
      join(uid === 0 ? '/var/cache' : (absolute(env['XDG_CACHE_HOME']) ?? join(home, '.cache')), 'tspod'),
    ),
    helper: absolute(env['TSPOD_HELPER']) ?? join(dist, 'tspod-helper'),
    embeddedImage: join(dist, 'busybox.tar'),
  };
}

function stringFlag(value: FlagValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? resolve(value) : undefined;
}

/** Below /proc mkdir(2) says that the parent is missing, and Node's recursive mkdir goes on for ever. */
function keepable(path: string): string {
  if (!/^\/proc(\/|$)/.test(path)) return path;
  throw new TspodError('usage', `"${path}": nothing can be kept below /proc`, {
    hint: 'choose another --root, --runroot or HOME',
  });
}

/** The XDG specification: paths that are not absolute are to be ignored. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined;
}

function defaultRoot(env: Environment, uid: number, home: string): string {
  if (uid === 0) return '/var/lib/tspod';
  return join(absolute(env['XDG_DATA_HOME']) ?? join(home, '.local/share'), 'tspod');
}

/** XDG_RUNTIME_DIR, else /run/user/UID, else a private directory in the temporary folder. */
function defaultRunRoot(env: Environment, uid: number): string {
  if (uid === 0) return '/run/tspod';
  const given = absolute(env['XDG_RUNTIME_DIR']);
  if (given !== undefined && existsSync(given)) return join(given, 'tspod');
  const login = `/run/user/${uid}`;
  if (isOwned(login)) return join(login, 'tspod');
  return temporaryRunRoot(join(absolute(env['TMPDIR']) ?? '/tmp', `tspod-run-${uid}`));
}

function temporaryRunRoot(path: string): string {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const stat = lstatSync(path);
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0) return path;
  throw new TspodError('machine', `the runtime directory "${path}" is not a private directory of this user`, {
    hint: `remove "${path}", or set XDG_RUNTIME_DIR to a directory of your own with mode 0700`,
  });
}

function isOwned(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === process.getuid?.();
  } catch {
    return false;
  }
}

/** The directory of the bundle; run from source, `dist` of the working directory. */
function bundleDirectory(): string {
  return typeof __dirname === 'string' ? __dirname : resolve('dist');
}

function overridesOf(flags: GlobalFlags): Overrides | undefined {
  const overrides: Overrides = {};
  if (typeof flags['runtime'] === 'string') overrides.runtime = flags['runtime'];
  const events = flags['events-backend'];
  if (events === 'journald' && !existsSync(JOURNAL_SOCKET)) throw noJournal();
  if (events === 'file' || events === 'journald' || events === 'none') overrides.eventsBackend = events;
  const registriesConf = stringFlag(flags['registries-conf']);
  if (registriesConf !== undefined) overrides.registriesConf = registriesConf;
  const hooks = flags['hooks-dir'];
  if (Array.isArray(hooks) && hooks.length > 0) overrides.hooksDirs = hooks.map((path) => resolve(path));
  const slirp = stringFlag(flags['network-cmd-path']);
  if (slirp !== undefined) overrides.slirpPath = slirp;
  const modules = flags['module'];
  if (Array.isArray(modules) && modules.length > 0) overrides.modules = modules;
  const manager = flags['cgroup-manager'];
  if (manager === 'cgroupfs' || manager === 'systemd') overrides.cgroupManager = manager;
  return Object.keys(overrides).length === 0 ? undefined : overrides;
}

function noJournal(): TspodError {
  return new TspodError('machine', `--events-backend journald: there is no journal at "${JOURNAL_SOCKET}"`, {
    hint: 'use --events-backend file',
  });
}

const RANKS: Readonly<Record<string, number>> = {
  ...{ panic: 0, fatal: 0, error: 0, warning: 1, warn: 1, info: 2, debug: 3, trace: 3 },
};
const LABELS: Readonly<Record<LogLevel, string>> = {
  error: 'Error',
  warn: 'Warning',
  info: 'Info',
  debug: 'Debug',
};

/** What was said once is not said again: several steps of a command may find the same thing missing. */
function logger(level: FlagValue | undefined, output: Output): Context['log'] {
  const limit = RANKS[String(level ?? 'warn')] ?? 1;
  const told = new Set<string>();
  return (at, message) => {
    if ((RANKS[at] ?? 0) > limit || told.has(message)) return;
    told.add(message);
    output.note(`${LABELS[at]}: ${message}`);
  };
}
