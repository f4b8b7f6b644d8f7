import { closeSync, fstatSync, openSync } from 'node:fs';
import { openFileMaker } from '../../image/add/open-file-maker';
import { addLayer } from '../../store/layer/add-layer';
import type { Build } from '../engine/build';

/** Unpacks an archive, packed or not, with the owners that it names; the directory. Error `invalid`: it is damaged. */
export async function unpackArchive(build: Build, path: string): Promise<string> {
  const descriptor = openSync(path, 'r');
  const files = openFileMaker(build.ctx);
  try {
    const range = { descriptor, offset: 0, size: fstatSync(descriptor).size };
    const warn = (message: string): void => build.warn(message);
    const staged = await addLayer(build.staging(), build.nextName('archive'), {
      range,
      lowers: [],
      files,
      warn,
    });
    return `${staged.directory}/diff`;
  } finally {
    closeSync(descriptor);
    files.close();
  }
}
