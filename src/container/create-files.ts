import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isErrno, TspodError, wrapError } from '../lib/errors';
import type { ContainerOptions } from './record';

/** Refuses a `--cidfile` that exists, before anything is made. Throws 'exists'. */
export function checkIdFile({ cidFile }: ContainerOptions): void {
  if (cidFile !== undefined && existsSync(cidFile)) throw idFileExists(cidFile);
}

/** Writes the new container's id into its `--cidfile`, which must not exist. Throws 'exists'. */
export function writeIdFile({ cidFile }: ContainerOptions, id: string): void {
  if (cidFile === undefined) return;
  try {
    writeFileSync(cidFile, id, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    throw isErrno(error, 'EEXIST')
      ? idFileExists(cidFile)
      : wrapError('writing the container id file', error);
  }
}

/** Removes the `--cidfile` of a container that is gone. */
export function removeIdFile({ cidFile }: ContainerOptions): void {
  if (cidFile !== undefined) rmSync(cidFile, { force: true });
}

function idFileExists(path: string): TspodError {
  const message = `container id file exists. Ensure another container is not using it or delete ${path}`;
  return new TspodError('exists', message, { hint: `rm ${path}` });
}
