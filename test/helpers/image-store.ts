import { commitImage } from '../../src/image/add/commit-image';
import type { ImageConfig } from '../../src/image/format/image-config';
import type { Context } from '../../src/lib/context';
import { openStore } from '../../src/store/open-store';
import { makeStaging } from '../../src/store/staging';
import { inFolder } from './in-folder';

/** Runs `work` in a store of its own, which is removed afterwards. */
export function inStore<T>(work: (ctx: Context) => T): T {
  return inFolder((root) => {
    const ctx = { paths: { root, runRoot: root }, env: {}, home: root, log: () => undefined };
    return work(ctx as unknown as Context);
  });
}

/** Adds `localhost/NAME:latest`, an image that says something and has no layer; returns its id. */
export function addEmptyImage(ctx: Context, name: string): string {
  const store = openStore(ctx);
  const staging = makeStaging(store);
  const config: ImageConfig = {
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { name } },
    rootfs: { type: 'layers', diff_ids: [] },
    history: [{ created_by: `LABEL name=${name}`, empty_layer: true }],
  };
  const image = {
    names: [`localhost/${name}:latest`],
    config: Buffer.from(JSON.stringify(config)),
    manifest: undefined,
  };
  const { id } = commitImage(store, image, { staging, layers: [], config });
  staging.remove();
  return id;
}
