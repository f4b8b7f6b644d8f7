import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno, TspodError } from '../lib/errors';
import { writeFileAtomic } from '../sys/file-io';
import type { Secret } from './secret';
import { secretPaths } from './secret-store';

/** Keeps the data of secrets by their ids. */
export interface SecretDriver {
  store(id: string, data: Buffer): void;
  /** Throws 'not-found' when the data are gone. */
  lookUp(id: string): Buffer;
  remove(id: string): void;
}

const SHELL_COMMANDS = ['delete', 'list', 'lookup', 'store'] as const;

/** The driver with this name and these options, which are complete afterwards. Throws 'usage' and 'unsupported'. */
export function checkDriver(
  ctx: Context,
  name: string,
  options: Readonly<Record<string, string>>,
): Pick<Secret, 'driver' | 'driverOptions'> {
  if (name === 'file') return { driver: name, driverOptions: { path: secretPaths(ctx).data, ...options } };
  if (name === 'pass') throw passRefused();
  if (name !== 'shell')
    throw new TspodError('usage', `invalid driver "${name}"`, { hint: 'there are file and shell' });
  for (const key of Object.keys(options)) {
    if (!(SHELL_COMMANDS as readonly string[]).includes(key))
      throw new TspodError('usage', `invalid shell driver option: "${key}"`);
  }
  const missing = SHELL_COMMANDS.filter((key) => !options[key]);
  if (missing.length > 0)
    throw new TspodError('usage', `missing config value: ${missing.join(', ')}`, {
      hint: 'the shell driver needs --driver-opts list=COMMAND,lookup=COMMAND,store=COMMAND,delete=COMMAND',
    });
  return { driver: name, driverOptions: { ...options } };
}

/** The driver that has the data of a secret. */
export function driverOf(ctx: Context, { driver, driverOptions }: Pick<Secret, 'driver' | 'driverOptions'>) {
  return driver === 'file' ? fileDriver(ctx, driverOptions) : shellDriver(ctx, driverOptions);
}

function passRefused(): TspodError {
  return new TspodError('unsupported', 'the secret driver "pass" is not supported', {
    hint: 'use --driver shell with the commands of pass: --driver-opts "store=pass insert -m tspod/$SECRET_ID,..."',
  });
}

/** One file per secret, which only its owner may read; its content is not encrypted: a key would lie beside it. */
function fileDriver(ctx: Context, options: Readonly<Record<string, string>>): SecretDriver {
  const directory = options['path'] ?? secretPaths(ctx).data;
  return {
    store(id, data) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileAtomic(`${directory}/${id}`, data, { temporary: `${directory}/.${id}`, mode: 0o600 });
    },
    lookUp(id) {
      try {
        return readFileSync(`${directory}/${id}`);
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw error;
        throw new TspodError('not-found', `${id}: no such secret`, { cause: error });
      }
    },
    remove(id) {
      rmSync(`${directory}/${id}`, { force: true });
    },
  };
}

function shellDriver(ctx: Context, commands: Readonly<Record<string, string>>): SecretDriver {
  const run = (key: (typeof SHELL_COMMANDS)[number], id: string, input?: Buffer): Buffer => {
    const { spawnSync } = process.getBuiltinModule('node:child_process');
    const result = spawnSync('/bin/sh', ['-c', commands[key] ?? ''], {
      env: { ...ctx.env, SECRET_ID: id } as NodeJS.ProcessEnv,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
      ...(input === undefined ? {} : { input }),
      maxBuffer: 16 << 20,
    });
    // a command that does not read what it is given breaks the pipe: its exit status tells more
    if (result.error && !isErrno(result.error, 'EPIPE')) throw result.error;
    if (result.status === 0) return result.stdout;
    const how = result.status === null ? `signal ${result.signal}` : `exit status ${result.status}`;
    throw new TspodError('system', `the command "${key}" of the shell driver failed: ${how}`);
  };
  return {
    store: (id, data) => void run('store', id, data),
    lookUp: (id) => run('lookup', id),
    remove: (id) => void run('delete', id),
  };
}
