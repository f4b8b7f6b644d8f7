import { closeSync, existsSync, openSync, readSync, unlinkSync, writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { containerPaths } from '../paths';

/** Tells the exit status of a container, also after it has been removed. */
export interface ExitNote {
  /** The status of its last run; undefined when no run has ended. */
  read(): number | undefined;
  close(): void;
}

/**
 * Opens the note of a container's exit status: the content of its lock file, which the monitor writes before the container
 * says that it has exited. Whoever has it open can read it when both are gone. Undefined when the container is gone now.
 */
export function openExitNote(ctx: Context, id: string): ExitNote | undefined {
  const { lock, directory } = containerPaths(ctx, id);
  const descriptor = openSync(lock, 'a+', 0o600);
  if (existsSync(directory)) return exitNote(descriptor);
  closeSync(descriptor);
  if (existsSync(lock)) unlinkSync(lock);
  return undefined;
}

/** Writes the note for a monitor that was killed; the caller has the container's lock. */
export function writeExitNote(ctx: Context, id: string, code: number): void {
  writeFileSync(containerPaths(ctx, id).lock, `${code}\n`, { mode: 0o600 });
}

function exitNote(descriptor: number): ExitNote {
  return {
    close: () => closeSync(descriptor),
    read: () => {
      const buffer = Buffer.alloc(16);
      const text = buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
      return /^-?\d+\n$/.test(text) ? Number(text) : undefined;
    },
  };
}
