import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildArchive } from '../helpers/build-archive';
import { ociFiles, testLayer } from '../helpers/build-image';
import { startBenchRegistry } from './registry';
import type { BenchRegistry } from './registry';

/** What both engines pull from; images are put there when they are asked for the first time. */
export interface PullRegistry {
  /** The name of the image that skopeo finds at `source`. */
  image(name: string, source: string): string;
  /** The name of an image of so many layers of so many random bytes each. */
  layers(count: number, bytes: number): Promise<string>;
}

/** A registry that starts at the first use. */
export function openPullRegistry(): PullRegistry {
  const known = new Map<string, string>();
  let registry: BenchRegistry | undefined;
  const image = (name: string, source: string): string => {
    registry ??= startBenchRegistry();
    const found = known.get(name);
    if (found !== undefined) return found;
    const full = `${registry.host}/${name}:bench`;
    execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', source, `docker://${full}`]);
    known.set(name, full);
    return full;
  };
  return {
    image,
    layers: async (count, bytes) => {
      const name = `layers-${count}`;
      return known.get(name) ?? withLayout(count, bytes, (layout) => image(name, `oci:${layout}`));
    },
  };
}

async function withLayout(count: number, bytes: number, use: (layout: string) => string): Promise<string> {
  const layout = mkdtempSync(join(tmpdir(), 'bench-layout-'));
  const layers = [];
  for (let at = 0; at < count; at++) {
    layers.push(testLayer(await buildArchive([{ name: `data-${at}`, data: randomBytes(bytes) }])));
  }
  for (const [path, data] of ociFiles({ layers, names: ['bench'] })) {
    mkdirSync(dirname(join(layout, path)), { recursive: true });
    writeFileSync(join(layout, path), data);
  }
  const result = use(layout);
  rmSync(layout, { recursive: true });
  return result;
}
