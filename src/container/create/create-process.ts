import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { ImageRunConfig } from '../../image/format/image-config';
import type { ContainerOptions, ContainerRecord } from '../record';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a container runs, as its options and the image's configuration come to. */
export type CreatedProcess = Pick<ContainerRecord, 'process' | 'entrypoint' | 'command'>;

/** Puts options and image together; an option wins over the image. Throws 'usage' when there is nothing to run. */
export function createProcess(
  ctx: Context,
  options: ContainerOptions,
  image: ImageRunConfig,
): CreatedProcess {
  const entrypoint = options.entrypoint ?? image.Entrypoint ?? [];
  const command = options.command.length > 0 || options.entrypoint ? options.command : (image.Cmd ?? []);
  const argv = [...entrypoint, ...command];
  if (argv.length === 0) {
    throw new TspodError('usage', 'no command or entrypoint provided, and no CMD or ENTRYPOINT from image', {
      hint: 'name the program to run after the image',
    });
  }
  return {
    entrypoint,
    command,
    process: {
      argv,
      env: createEnvironment(options, image),
      cwd: normalizePath(options.workdir ?? (image.WorkingDir || '/')),
      user: options.user ?? (image.User || ownUser(ctx, options)),
    },
  };
}

/** Whether a container is to be prepared for systemd: always, never, or when that is what it runs, as Podman recognises it. */
export function runsSystemd(
  { systemd }: Pick<ContainerOptions, 'systemd'>,
  argv: readonly string[],
): boolean {
  const isScript = argv.length > 2 && argv[0] === '/bin/sh' && argv[1] === '-c';
  return systemd ?? /^(\/(usr\/(local\/)?)?sbin\/init|(.*\/)?systemd)$/.test(argv[isScript ? 2 : 0] ?? '');
}

/** The host name of a new container of this id and name. */
export function createHostname(
  ctx: Context,
  { hostname: asked, namespaces, network }: ContainerOptions,
  { id, name }: { id: string; name: string },
): string {
  if (asked !== undefined) return asked;
  if (namespaces.uts.kind === 'host' || network.kind === 'host') {
    return process.getBuiltinModule('node:os').hostname();
  }
  return ctx.defaults?.nameAsHostname === true
    ? name.replace(/[^a-zA-Z0-9.-]/g, '').slice(0, 64)
    : id.slice(0, 12);
}

function createEnvironment(options: ContainerOptions, image: ImageRunConfig): string[] {
  const kept = options.unsetEnvAll ? {} : defaultEnvironment(options, image);
  for (const name of options.unsetEnv ?? []) delete kept[name];
  return Object.entries({ ...kept, ...options.env }).map(([name, value]) => `${name}=${value}`);
}

/** The variables of a container before its own options: the engine's, those of containers.conf, and the image's. */
export function defaultEnvironment(
  options: Pick<ContainerOptions, 'tty' | 'defaultEnv'>,
  image: ImageRunConfig,
): Record<string, string> {
  const defaults: Record<string, string> = {
    PATH: DEFAULT_PATH,
    container: 'podman',
    ...(options.tty ? { TERM: 'xterm' } : {}),
    ...options.defaultEnv,
  };
  for (const entry of image.Env ?? []) {
    const equals = entry.indexOf('=');
    if (equals > 0) defaults[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return defaults;
}

/** With keep-id the user goes on to be himself. */
function ownUser(ctx: Context, { userns }: ContainerOptions): string {
  return userns.kind === 'keep-id' ? `${userns.uid ?? ctx.uid}:${userns.gid ?? ctx.gid}` : '';
}

/** An image's working directory may be relative, or have dots in it. */
function normalizePath(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}
