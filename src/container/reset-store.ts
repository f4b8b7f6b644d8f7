import { rmdirSync, rmSync } from 'node:fs';
import type { Context } from '../lib/context';
import { isErrno } from '../lib/errors';
import { removeTrees } from '../runtime/tree';
import { takeEvents } from '../store/events/record-event';
import { listDirectory } from '../store/staging';
import { openStore } from '../store/open-store';
import { lockFile } from '../sys/file-lock';
import { containerIds } from './find';
import { removeContainers } from './remove';
import { throwFailures } from './select';

/** What tspod makes in the store: nothing else is removed, wherever --root may lead. */
const OWN = new Set(
  (
    'oci-layout index.json version blobs layers build-cache shifted images containers names locks tmp volumes networks secrets ' +
    'pods mounts partial storage-driver events.jsonl events.jsonl.1'
  ).split(' '),
);

/** Stops and removes all containers, then images, volumes and everything else; the store is as new. Returns what is not tspod's, and stays. */
export async function resetStore(ctx: Context): Promise<string[]> {
  const store = openStore(ctx);
  throwFailures((await removeContainers(ctx, containerIds(ctx), { force: true, depend: true })).failures);
  // waits for who is just adding an image
  const lock = lockFile(`${store.locks}/content`);
  try {
    // what has been removed is told to nobody: the events go too
    takeEvents(ctx);
    const names = listDirectory(store.root);
    const own = names.filter((name) => OWN.has(name));
    removeTrees(
      ctx,
      own.map((name) => `${store.root}/${name}`),
    );
    for (const name of listDirectory(ctx.paths.runRoot))
      rmSync(`${ctx.paths.runRoot}/${name}`, { recursive: true, force: true });
    for (const path of [store.root, ctx.paths.runRoot]) removeIfEmpty(path);
    return names.filter((name) => !OWN.has(name));
  } finally {
    lock?.release();
  }
}

/** It may be a mount point, or hold what is not ours. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EACCES', 'EPERM', 'ENOENT')) throw error;
  }
}
