import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import { libc } from './native-library';
import { posixSpawn, type Variables } from './posix-spawn';
import { systemCallError } from './system-call';

const MFD_CLOEXEC = 1;
const SETSIGDEF = 0x04;
const SETSIGMASK = 0x08;
/** More than posix_spawn_file_actions_t and posix_spawnattr_t take up in any C library. */
const OBJECT_SIZE = 1024;
const SIGSET_SIZE = 128;

/** What a program wrote to its standard output and error, where these were not this process's own. */
export interface ProgramOutput {
  stdout: Buffer;
  stderr: Buffer;
}

/** How a program that was waited for ended. */
export interface EndedProgram extends ProgramOutput {
  /** Undefined when a signal ended it. */
  status: number | undefined;
}

/** A program at work. */
export interface RunningProgram {
  /** What it has written so far. */
  output: () => ProgramOutput;
  /** Waits for its end; has to be called, once. */
  end: () => EndedProgram;
}

/** How a program is run. */
export interface ProgramOptions {
  env: Variables;
  /** Its descriptors from 3 on. */
  pass?: readonly number[];
  input?: string | undefined;
  /** Its standard output and error are kept for the result; else they are this process's own. */
  capture: boolean;
}

/**
 * Runs a program and waits for its end, as spawnSync() of Node does, whose modules cost a start 10 ms: by posix_spawn(3), with
 * files in memory instead of pipes. Throws ENOENT and the like.
 */
export function runToEnd(path: string, argv: readonly string[], options: ProgramOptions): EndedProgram {
  return beginToEnd(path, argv, options).end();
}

/** Starts a program as `runToEnd`. */
export function beginToEnd(
  path: string,
  argv: readonly string[],
  { env, pass = [], input, capture }: ProgramOptions,
): RunningProgram {
  const opened: number[] = [];
  const memory = (): number => {
    const descriptor = openMemory();
    opened.push(descriptor);
    return descriptor;
  };
  const close = (): void => opened.forEach((descriptor) => closeSync(descriptor));
  try {
    const stdin = input === undefined ? 0 : filled(memory(), input);
    const [stdout, stderr] = capture ? ([memory(), memory()] as const) : ([1, 2] as const);
    const pid = spawn(path, argv, env, [stdin, stdout, stderr, ...pass]);
    const output = (): ProgramOutput => ({
      stdout: contentOf(capture, stdout),
      stderr: contentOf(capture, stderr),
    });
    const end = (): EndedProgram => {
      try {
        return { status: waitFor(pid), ...output() };
      } finally {
        close();
      }
    };
    return { output, end };
  } catch (error) {
    close();
    throw error;
  }
}

function openMemory(): number {
  const descriptor = libc('int memfd_create(const char *name, unsigned int flags)')('tspod', MFD_CLOEXEC);
  if (descriptor < 0) throw systemCallError('memfd_create');
  return descriptor;
}

/** The file's own offset stays at its beginning. */
function filled(descriptor: number, text: string): number {
  const data = Buffer.from(text);
  for (let at = 0; at < data.length;) at += writeSync(descriptor, data, at, data.length - at, at);
  return descriptor;
}

function contentOf(isCaptured: boolean, descriptor: number): Buffer {
  if (!isCaptured) return Buffer.alloc(0);
  const content = Buffer.allocUnsafe(fstatSync(descriptor).size);
  let at = 0;
  for (let got = 1; got > 0 && at < content.length; at += got)
    got = readSync(descriptor, content, at, content.length - at, at);
  return content.subarray(0, at);
}

/** Node ignores SIGPIPE: the program gets every signal as programs do. */
function spawn(
  path: string,
  argv: readonly string[],
  env: Variables,
  descriptors: readonly number[],
): number {
  const attributes = Buffer.alloc(OBJECT_SIZE);
  const actions = Buffer.alloc(OBJECT_SIZE);
  libc('int posix_spawnattr_init(void *attr)')(attributes);
  libc('int posix_spawnattr_setflags(void *attr, short flags)')(attributes, SETSIGDEF | SETSIGMASK);
  libc('int posix_spawnattr_setsigdefault(void *attr, const void *set)')(
    attributes,
    Buffer.alloc(SIGSET_SIZE, 0xff),
  );
  libc('int posix_spawnattr_setsigmask(void *attr, const void *set)')(attributes, Buffer.alloc(SIGSET_SIZE));
  libc('int posix_spawn_file_actions_init(void *actions)')(actions);
  const duplicate = libc('int posix_spawn_file_actions_adddup2(void *actions, int fd, int newfd)');
  for (const [to, from] of descriptors.entries()) duplicate(actions, from, to);
  try {
    return posixSpawn(path, argv, env, { actions, attributes });
  } finally {
    libc('int posix_spawn_file_actions_destroy(void *actions)')(actions);
    libc('int posix_spawnattr_destroy(void *attr)')(attributes);
  }
}

function waitFor(pid: number): number | undefined {
  const status = Buffer.alloc(4);
  const call = libc('int waitpid(int pid, void *status, int options)');
  while (call(pid, status, 0) < 0) {
    const error = systemCallError('waitpid');
    if (error.code !== 'EINTR') throw error;
  }
  const word = status.readInt32LE(0);
  return (word & 0x7f) === 0 ? (word >> 8) & 0xff : undefined;
}
