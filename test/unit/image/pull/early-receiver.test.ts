import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { startEarly } from '../../../../src/image/pull/early-receiver';
import type { Context } from '../../../../src/lib/context';

test('startEarly() starts nothing for a name that the store has', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tspod-early-'));
  try {
    mkdirSync(join(root, 'images'));
    const name = 'localhost/known:latest';
    const digest = `sha256:${'a'.repeat(64)}`;
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const annotations = { 'org.opencontainers.image.ref.name': name };
    const manifests = [{ mediaType, digest, size: 1, annotations }];
    writeFileSync(join(root, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    // there is no helper to be started
    const ctx = {
      paths: { root, runRoot: root, helper: join(root, 'none') },
      log: () => undefined,
    } as unknown;
    const early = await startEarly(ctx as Context, name);
    assert.equal(early.take(), undefined);
    await early.end();
  } finally {
    rmSync(root, { recursive: true });
  }
});
