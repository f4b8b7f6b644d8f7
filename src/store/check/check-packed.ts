import { rmSync } from 'node:fs';
import { digestOfFile } from '../digest-of-file';
import { listDirectory } from '../staging';
import type { Finding, Owner } from './finding';

/** The compressed copies that a push or save has kept beside a layer, where they are not what their names say; they can be made again. */
export function checkPacked(folder: string, owners: readonly Owner[]): Finding[] {
  return listDirectory(folder).flatMap((name) => {
    const hex = /^packed-([0-9a-f]{64})$/.exec(name)?.[1];
    if (hex === undefined || digestOfFile(`${folder}/${name}`) === `sha256:${hex}`) return [];
    const mend = (): void => rmSync(`${folder}/${name}`, { force: true });
    return [{ text: `the compressed copy ${hex.slice(0, 12)} of a layer is altered`, owners, mend }];
  });
}
