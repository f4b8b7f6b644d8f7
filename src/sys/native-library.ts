import { dirname, join } from 'node:path';

type Koffi = typeof import('koffi');
type Call = (...args: unknown[]) => number;

type Library = ReturnType<Koffi['load']>;

let loaded: { koffi: Koffi; libc: Library } | undefined;
let own: Library | undefined;
let errno = 0;
const functions = new Map<string, Call>();

/**
 * A function of the C library by its prototype, such as `int fcntl(int fd, int cmd, ...)`; loaded at its first use,
 * because koffi costs a start some of its time.
 */
export function libc(prototype: string): Call {
  let found = functions.get(prototype);
  if (found === undefined) {
    loaded ??= loadLibrary();
    found = keepingErrno(loaded.koffi, loaded.libc.func(prototype) as Call);
    functions.set(prototype, found);
  }
  return found;
}

/** Whether a function of the C library has been asked for. */
export function isLibcLoaded(): boolean {
  return loaded !== undefined;
}

/** A function of the C library that is called in another thread; `done` follows when it has come back, without its errno. */
export function libcInThread(prototype: string): (args: readonly unknown[], done: () => void) => void {
  loaded ??= loadLibrary();
  const call = loaded.libc.func(prototype);
  return (args, done) => call.async(...args, done);
}

/** A function that Node's own program has, or a library that it needs; undefined where it is missing. */
export function nodeFunction(prototype: string): Call | undefined {
  loaded ??= loadLibrary();
  try {
    own ??= loaded.koffi.load(null);
    return own.func(prototype) as Call;
  } catch {
    return undefined;
  }
}

/** errno as the last call of a function of libc() left it. */
export function lastErrno(): number {
  return errno;
}

/** What comes between a call and the look at errno would change it: reading the module that looks, to begin with. */
function keepingErrno(koffi: Koffi, call: Call): Call {
  return (...args) => {
    const result = call(...args);
    errno = koffi.errno();
    return result;
  };
}

/** Where a buffer's memory begins. */
export function addressOf(buffer: Buffer): bigint {
  loaded ??= loadLibrary();
  return loaded.koffi.address(buffer);
}

function loadLibrary(): { koffi: Koffi; libc: Library } {
  const koffi = loadAddon() ?? (packageRequire()('koffi') as Koffi);
  try {
    return { koffi, libc: koffi.load('libc.so.6') };
  } catch {
    return { koffi, libc: koffi.load(`libc.musl-${process.arch === 'x64' ? 'x86_64' : 'aarch64'}.so.1`) };
  }
}

/** koffi's addon without its JavaScript loader, which needs 5 ms more; undefined where it lies elsewhere. */
function loadAddon(): Koffi | undefined {
  const platform = `linux_${process.arch}`;
  const file = `@koromix/koffi-linux-${process.arch}/${platform}/koffi.node`;
  const addon = { exports: {} };
  try {
    process.dlopen(addon, join(packageFolder(), 'node_modules', file));
  } catch {
    return undefined;
  }
  return addon.exports as Koffi;
}

function packageRequire(): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(join(packageFolder(), 'package.json'));
}

/** The package's own folder: the bundle is one below it; a test runs from the package's folder. */
function packageFolder(): string {
  return typeof __dirname === 'string' ? dirname(__dirname) : process.cwd();
}
