import { existsSync, rmSync } from 'node:fs';
import type { Finding } from '../../store/check/finding';
import { listDirectory } from '../../store/staging';
import { layerPath } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';

/** Metadata-only layers whose data are gone; where an image still needs the layer, its repair brings them back. */
export function checkShifted(store: StorePaths, needed: ReadonlySet<string>): Finding[] {
  return listDirectory(store.shifted)
    .filter((hex) => !needed.has(hex) && !existsSync(`${layerPath(store, hex)}/diff`))
    .map((hex) => ({
      text: `layers with shifted owners of ${hex.slice(0, 12)}, which is gone`,
      owners: [],
      mend: () => rmSync(`${store.shifted}/${hex}`, { recursive: true, force: true }),
    }));
}
