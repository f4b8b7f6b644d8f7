import { mkdirSync, rmSync } from 'node:fs';
import type { ResolvedImage } from '../../image/find/resolve';
import type { Context } from '../../lib/context';
import { LIFELINE } from '../../runtime/helper';
import { makeContainer } from '../create/create';
import { containerPaths } from '../paths';
import type { ContainerOptions, ContainerRecord } from '../record';
import { startBeside } from '../start';
import { readStatusFile } from '../state/status';

/** A program that a build runs in a container of which nobody else knows. */
export interface WorkRequest {
  /** The directory that holds the container; `layers` of the image are below the same file system's root. */
  folder: string;
  image: ResolvedImage;
  options: ContainerOptions;
  stdin: boolean;
  onOutput(stream: 'stdout' | 'stderr', data: Uint8Array): void;
  signal: AbortSignal;
}

/** How it ended. */
export interface WorkResult {
  exitCode: number;
  /** What it has written: an overlay's upper directory. */
  upper: string;
  /** Why it could not start. */
  error?: string;
  /** Whether `upper` is one of fuse-overlayfs. */
  record: ContainerRecord;
  oomKilled: boolean;
}

/**
 * Runs a program in a new container that ends with this process, whatever ends it. The container's files stay in `folder`,
 * for the caller to take or remove.
 */
export async function runWork(ctx: Context, request: WorkRequest): Promise<WorkResult> {
  const inner = innerContext(ctx, request.folder);
  const { options, image } = request;
  const record = makeContainer(inner, { asked: options, image, createCommand: [] }, { sync: false });
  const paths = containerPaths(inner, record.id);
  const streams = { stdin: request.stdin, stdout: true, stderr: true };
  try {
    const foreground = { ...streams, sigProxy: false, detachKeys: new Uint8Array() };
    const helper = await startBeside(inner, record, { foreground }, (plan) => plan.add('LIFELINE', LIFELINE));
    let stderr = '';
    helper.stdout?.on('data', (data: Uint8Array) => request.onOutput('stdout', data));
    helper.stderr?.on('data', (data: Uint8Array) => {
      stderr = (stderr + Buffer.from(data).toString()).slice(-4096);
      request.onOutput('stderr', data);
    });
    const lifeline = helper.stdio[LIFELINE];
    const cut = (): void => void lifeline?.destroy();
    request.signal.addEventListener('abort', cut);
    if (request.signal.aborted) cut();
    const exitCode = await new Promise<number>((resolve, reject) => {
      helper.on('error', reject);
      helper.on('close', (code) => resolve(code ?? 125));
    });
    request.signal.removeEventListener('abort', cut);
    const status = readStatusFile(inner, record.id);
    const ran = (status?.started ?? 0n) > 0n;
    return {
      ...{ exitCode, upper: paths.upper, record, oomKilled: status?.oom ?? false },
      ...(ran ? {} : { error: status?.error || stderr.trim() || 'the container could not be started' }),
    };
  } finally {
    rmSync(paths.runDirectory, { recursive: true, force: true });
  }
}

/** As if the folder were a store of its own: the container is in no list, and its events are nobody's. */
function innerContext(ctx: Context, folder: string): Context {
  mkdirSync(`${folder}/tmp`, { recursive: true, mode: 0o700 });
  const { pendingEvents: _, flushEvents: _flush, ...others } = ctx;
  return {
    ...others,
    paths: { ...ctx.paths, root: folder },
    overrides: { ...ctx.overrides, eventsBackend: 'none' },
  };
}
