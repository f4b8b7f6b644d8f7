import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { tspodProgram } from './project';
import { homeEnvironment } from './test-home';

/** Hundreds of rounds of faults meet moments in which the machine has other things to do: they have more of it. */
const patience = Number(process.env['TSPOD_TEST_PATIENCE'] ?? 60_000);

/** How tspod is run, and what is expected of it. */
export interface RunOptions {
  /** The exit status that is expected; 0 by default, null for any. */
  expectCode?: number | null;
  /** What it reads from standard input; nothing by default. */
  stdin?: string | Uint8Array;
  /** Variables beside those of the test's home; undefined takes one away. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Milliseconds after which it is killed and the test fails; by default TSPOD_TEST_PATIENCE, or 60,000. */
  timeout?: number;
  /** Another program than tspod, such as the link to it that is being tested. */
  program?: string;
}

/** What a finished tspod said. */
export interface Result {
  stdout: string;
  stderr: string;
  code: number;
}

/** A tspod that runs in the background of a test. */
export interface RunningTspod {
  child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it has written until now. */
  stdout(): string;
  stderr(): string;
  /** Resolves when it has ended and its output is complete; killed by signal N it ends with 128+N. */
  finished: Promise<Result>;
}

/** Runs `tspod ARGS` in this test file's own home and waits for it; on an unexpected exit status the whole log is thrown. */
export async function runTspod(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { expectCode = 0, timeout = patience, stdin = '' } = options;
  const running = startTspod(args, options);
  running.child.stdin.on('error', () => undefined);
  running.child.stdin.end(stdin);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    running.child.kill('SIGKILL');
  }, timeout);
  const result = await running.finished;
  clearTimeout(timer);
  if (isLate) throw new Error(logOf(`did not end within ${timeout} ms`, args, result));
  if (expectCode !== null && result.code !== expectCode) {
    throw new Error(logOf(`ended with ${result.code}, expected ${expectCode}`, args, result));
  }
  return result;
}

/** Starts `tspod ARGS` and returns at once. The test ends it. */
export function startTspod(args: readonly string[], options: RunOptions = {}): RunningTspod {
  const env = { ...homeEnvironment(), ...options.env };
  const child = spawn(options.program ?? tspodProgram, args, {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => stderr.push(data));
  const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
  const finished = new Promise<Result>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ stdout: text(stdout), stderr: text(stderr), code: code ?? 128 + signalNumber(signal) });
    });
  });
  return { child, stdout: () => text(stdout), stderr: () => text(stderr), finished };
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 }[signal as 'SIGHUP'] ?? 0;
}

function logOf(what: string, args: readonly string[], { stdout, stderr }: Result): string {
  return `tspod ${args.join(' ')}\n${what}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}
