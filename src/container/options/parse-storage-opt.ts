import { TspodError } from '../../lib/errors';
import { parseSize } from '../../lib/size';
import type { ContainerOptions } from '../record';

/** Parses `--storage-opt size=SIZE` and `upper=image|tmpfs`. Throws 'usage'. */
export function parseStorageOptions(texts: readonly string[]): Pick<ContainerOptions, 'disk'> {
  let size: number | undefined;
  let kind: 'image' | 'tmpfs' = 'image';
  for (const text of texts) {
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    if (key === 'size') size = positive(value);
    else if (key === 'upper' && (value === 'image' || value === 'tmpfs')) kind = value;
    else throw unknown(text, key);
  }
  if (size !== undefined) return { disk: { size, kind } };
  if (texts.length === 0) return {};
  throw new TspodError('usage', `--storage-opt ${texts.join(' ')}: the size is missing`, {
    hint: 'add --storage-opt size=SIZE',
  });
}

function positive(text: string): number {
  const size = parseSize(text);
  if (size > 0) return size;
  throw new TspodError('usage', `--storage-opt size=${text}: the size has to be greater than 0`);
}

function unknown(text: string, key: string): TspodError {
  if (key === 'upper')
    return new TspodError('usage', `--storage-opt "${text}": expected upper=image or upper=tmpfs`);
  if (key === 'inodes')
    return new TspodError('unsupported', '--storage-opt inodes is not supported: only the size is limited', {
      hint: 'use size=SIZE',
    });
  return new TspodError('usage', `--storage-opt "${text}": unknown option`, { hint: 'use size=SIZE' });
}
