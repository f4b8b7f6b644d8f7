import { rmSync, writeFileSync } from 'node:fs';
import { wrapError } from '../../lib/errors';
import type { ContainerOptions } from '../record';

/** Writes the new container's id into its `--cidfile`, over that of another: it is left behind when a container was killed. */
export function writeIdFile({ cidFile }: ContainerOptions, id: string): void {
  if (cidFile === undefined) return;
  try {
    writeFileSync(cidFile, id, { mode: 0o644 });
  } catch (error) {
    throw wrapError('writing the container id file', error);
  }
}

/** Removes the `--cidfile` of a container that is gone. */
export function removeIdFile({ cidFile }: ContainerOptions): void {
  if (cidFile !== undefined) rmSync(cidFile, { force: true });
}
