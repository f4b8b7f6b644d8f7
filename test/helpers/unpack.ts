import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/lib/context';
import { unpackHelper } from '../../src/runtime/unpack-helper';
import { createFileMaker } from '../../src/store/layer/file-maker';
import { settleImplicit } from '../../src/store/layer/implicit-directory';
import { createUnpacker } from '../../src/store/layer/unpacker';
import { createTarReader } from '../../src/store/tar/tar-reader';
import { project } from './project';

/**
 * Unpacks an archive in pieces of odd sizes into a new directory, which `check` then looks at. The layers below come before it,
 * or after it has been unpacked.
 */
export function unpack(
  archive: Buffer,
  check: (root: string, warnings: string[]) => void,
  lowers: string[] = [],
  come: 'before' | 'after' = 'before',
): void {
  const top = mkdtempSync(join(tmpdir(), 'tspod-unpack-'));
  const root = join(top, 'diff');
  mkdirSync(root);
  const warnings: string[] = [];
  const context = { paths: { helper: join(project, 'dist/tspod-helper') } } as Context;
  const files = createFileMaker(unpackHelper(context));
  try {
    const unpacker = createUnpacker(root, {
      files,
      lowers: come === 'before' ? lowers : undefined,
      warn: (message) => warnings.push(message),
    });
    const reader = createTarReader(unpacker);
    for (let at = 0; at < archive.length; at += 777) reader.push(archive.subarray(at, at + 777));
    reader.finish();
    const { implicit } = unpacker.finish();
    settleImplicit(root, implicit, { lowers, files });
    check(root, warnings);
  } finally {
    files.close();
    assert.deepEqual(readdirSync(top), ['diff'], 'something was made outside of the directory');
    rmSync(top, { recursive: true, force: true });
  }
}
