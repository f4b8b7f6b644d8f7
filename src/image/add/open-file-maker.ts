import type { Context } from '../../lib/context';
import { unpackHelper } from '../../runtime/unpack-helper';
import { createFileMaker } from '../../store/layer/file-maker';
import type { FileMaker } from '../../store/layer/file-maker';

/** A maker of files, whose process starts when it is needed. To be closed before what it has made is removed. Needs all ids. */
export function openFileMaker(ctx: Context): FileMaker {
  return createFileMaker(unpackHelper(ctx));
}
