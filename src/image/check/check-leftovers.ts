import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import type { Context } from '../../lib/context';
import type { CheckOptions, Finding } from '../../store/check/finding';
import { partialPath, removeStalePartials } from '../../store/partial-blob';
import { listDirectory, staleStaging } from '../../store/staging';
import { blobPath, layerPath, storePaths } from '../../store/store-paths';
import type { StorePaths } from '../../store/store-paths';
import { neededContent } from '../remove/collect-garbage';
import { recordPath } from '../find/image-record';
import { removeUnusedContent } from '../remove/remove-image';

/** What nothing needs any more, and nobody has touched for as long as `maxAge`; `collectGarbage` removes it. */
export function findLeftovers(store: StorePaths, { maxAge }: CheckOptions): Finding[] {
  const needed = neededContent(store);
  const isOld = (path: string): boolean => Date.now() - changed(path) >= maxAge;
  const told: [text: string, path: string][] = [
    ...listDirectory(store.partial).map((hex): [string, string] => [
      `the interrupted download of ${hex.slice(0, 12)} is left over`,
      partialPath(store, hex),
    ]),
    ...staleStaging(store).map((path): [string, string] => [`tmp/${basename(path)} is left over`, path]),
    ...unneeded(store.layers, needed.layers).map((hex): [string, string] => [
      `layer ${hex.slice(0, 12)} is needed by nothing`,
      layerPath(store, hex),
    ]),
    ...unneeded(store.blobs, needed.blobs).map((hex): [string, string] => [
      `blob ${hex.slice(0, 12)} is needed by nothing`,
      blobPath(store, hex),
    ]),
    ...unneeded(store.images, new Set([...needed.images].map((id) => `${id}.json`))).map(
      (file): [string, string] => [
        `images/${file} is of no image`,
        recordPath(store, file.replace(/\.json$/, '')),
      ],
    ),
  ];
  return told.filter(([, path]) => isOld(path)).map(([text]) => ({ text, owners: [] }));
}

/** Removes what `findLeftovers` tells of; interrupted downloads only when they are as old as `maxAge`. */
export function removeLeftovers(ctx: Context, { maxAge }: CheckOptions): void {
  removeStalePartials(storePaths(ctx), maxAge);
  removeUnusedContent(ctx);
}

function unneeded(folder: string, needed: ReadonlySet<string>): string[] {
  return listDirectory(folder).filter((name) => !needed.has(name));
}

/** Milliseconds since 1970; what vanishes meanwhile has just changed. */
function changed(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}
