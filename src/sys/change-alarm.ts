import { watch, type FSWatcher } from 'node:fs';

/** Tells of changes in directories. */
export interface ChangeAlarm {
  /** Resolves at the next change, or after so many milliseconds. */
  next(milliseconds: number): Promise<void>;
  close(): void;
}

/** Listens for changes in directories from now on; where the kernel has no watches left, only the timer tells. */
export function changeAlarm(directories: readonly string[]): ChangeAlarm {
  let ring: (() => void) | undefined;
  let rang = false;
  const onChange = (): void => {
    rang = true;
    ring?.();
  };
  const watchers = [...new Set(directories)].flatMap((directory) => watchDirectory(directory, onChange));
  return {
    close: () => {
      for (const watcher of watchers) watcher.close();
    },
    next: (milliseconds) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          ring = undefined;
          rang = false;
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        if (rang) done();
        else ring = done;
      }),
  };
}

function watchDirectory(directory: string, onChange: () => void): FSWatcher[] {
  try {
    const watcher = watch(directory, onChange);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
