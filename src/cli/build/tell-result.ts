import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { BuildResult } from '../../build/request';
import { TspodError } from '../../lib/errors';
import type { Output } from '../define-command';
import type { BuildFlags } from '../options/build/build-options';

/** Prints the id of the image, and writes the files that were asked for. */
export function tellResult(result: BuildResult, flags: BuildFlags, output: Output): void {
  const { imageId, names } = result;
  const file = flags['metadata-file'];
  if (flags.iidfile !== undefined && imageId !== undefined) writeFileSync(flags.iidfile, `sha256:${imageId}`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(metadata(result), null, 2)}\n`);
  if (imageId === undefined) return;
  if (!flags.quiet) for (const name of names) output.note(`Successfully tagged ${name}`);
  output.print(imageId);
}

/** In the words of docker buildx. */
function metadata({ imageId, digest, names }: BuildResult): Record<string, string> {
  return {
    ...(digest === undefined ? {} : { 'containerimage.digest': digest }),
    ...(imageId === undefined ? {} : { 'containerimage.config.digest': `sha256:${imageId}` }),
    ...(names.length === 0 ? {} : { 'image.name': names.join(',') }),
  };
}

/** Writes a file to standard output. Error `usage`: that is a terminal. */
export function copyOut(path: string, output: Output): void {
  if (output.isTerminal)
    throw new TspodError('usage', 'refusing to write an archive to a terminal', {
      hint: 'redirect it: build -o - > FILE',
    });
  const descriptor = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(1 << 18);
  try {
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer))
      output.write(buffer.subarray(0, length));
  } finally {
    closeSync(descriptor);
  }
}
