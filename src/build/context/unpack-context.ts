import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { openPlainFile } from '../../image/archive/open-archive';
import { openFileMaker } from '../../image/add/open-file-maker';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { detectCompression } from '../../store/compression';
import { addLayer } from '../../store/layer/add-layer';
import type { Staging } from '../../store/staging';

/** A Containerfile is not larger than this. Bytes. */
const LARGEST_TEXT = 4 << 20;

/**
 * Unpacks an archive, packed or not, of a file or (undefined) of standard input; what is no archive is text. Needs all ids.
 * Errors `invalid`: it is empty, damaged, or neither.
 */
export async function unpackContext(
  ctx: Context,
  staging: Staging,
  path: string | undefined,
): Promise<{ directory: string } | { text: string }> {
  const descriptor = await openPlainFile(path, staging);
  const files = openFileMaker(ctx);
  try {
    const { size } = fstatSync(descriptor);
    if (!isTar(descriptor)) return { text: readText(descriptor, size) };
    const warn = (message: string): void => ctx.log('debug', message);
    const range = { descriptor, offset: 0, size };
    const staged = await addLayer(staging, 'context', { range, lowers: [], files, warn });
    return { directory: `${staged.directory}/diff` };
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
    files.close();
  }
}

/** Whether a file is an archive, or packed in a way that archives are. */
export function isTarFile(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    return detectCompression(readStart(descriptor, 8)) !== 'none' || isTar(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** By the mark in the first header, or the sum of the first header of an old archive. */
function isTar(descriptor: number): boolean {
  const header = readStart(descriptor, 512);
  if (header.length < 512) return false;
  if (header.toString('latin1', 257, 262) === 'ustar') return true;
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return parseInt(header.toString('latin1', 148, 156).trim(), 8) === sum;
}

function readStart(descriptor: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, 0));
}

function readText(descriptor: number, size: number): string {
  if (size > LARGEST_TEXT)
    throw new TspodError('invalid', 'the context is neither an archive nor a Containerfile');
  return readStart(descriptor, size).toString('utf8');
}
