import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildArchive } from './build-archive';
import type { Member } from './build-archive';
import { storeRoot, testFolder } from './test-home';
import { runTspod } from './tspod';
import { uniqueName } from './unique-name';

/** Nothing is in the staging directory; what is in the store are the images that are listed. */
export function assertNothingLeft(): void {
  assert.deepEqual(readdirSync(join(storeRoot(), 'tmp')), []);
}

/** Loads an archive of these bytes; nothing half is left, whether it fails or not. */
export async function load(archive: Buffer, code = 0): Promise<{ stdout: string; stderr: string }> {
  const path = join(testFolder(), 'archive.tar');
  writeFileSync(path, archive);
  const result = await runTspod(['load', '-q', '-i', path], { expectCode: code });
  assertNothingLeft();
  return result;
}

/** A layer that no other test has. */
export function uniqueLayer(...members: Member[]): Promise<Buffer> {
  return buildArchive([{ name: uniqueName('file'), data: uniqueName('content') }, ...members]);
}
