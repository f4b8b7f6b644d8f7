import { writeTree } from '../../runtime/layer-tree';
import { mkdirSync } from 'node:fs';
import type { Build } from '../engine/build';
import { makeBreather } from '../files/breather';
import { writeImageArchive } from './image-archive';
import type { Result } from './image-archive';
import { openLayerWriter } from '../files/layer-writer';
import { walkSource } from '../files/source-tree';
import { findRootfsPlace } from '../../container/rootfs/rootfs-view';

/** Writes the result, or its files, as `--output` says; on this machine they are the user's own. */
export async function writeOutputs(build: Build, result: Result): Promise<void> {
  build.staging();
  const { layers } = result;
  const directories = layers.map(({ diff }) => diff).reverse();
  for (const output of build.request.outputs) {
    if (output.kind === 'oci' || output.kind === 'docker') {
      await writeImageArchive(build, result, output);
      continue;
    }
    if (output.kind === 'tar') {
      const path = output.path === '-' ? '/proc/self/fd/1' : output.path;
      writeTree(
        build.ctx,
        directories.map((each) => ({ path: each })),
        path,
      );
      continue;
    }
    mkdirSync(output.path, { recursive: true });
    const view = { directories };
    const breathe = makeBreather(build.signal);
    const writer = openLayerWriter(build.ctx, output.path, { lowers: [], breathe });
    const top = findRootfsPlace(view, '/');
    if (top.entry === undefined) continue;
    const selected = { names: [], named: '', entry: top.entry };
    for (const { below, entry } of walkSource({ view, name: 'the result' }, selected)) {
      const isSpecial =
        entry.stats.isCharacterDevice() || entry.stats.isBlockDevice() || entry.stats.isSocket();
      if (below.length > 0 && !isSpecial) await writer.put(below, entry, { owner: { uid: 0, gid: 0 } });
    }
    writer.finish();
  }
}
