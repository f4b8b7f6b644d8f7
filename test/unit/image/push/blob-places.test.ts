import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { placesOf, rememberBlobs } from '../../../../src/image/push/blob-places';
import type { Context } from '../../../../src/lib/context';

function context(): { ctx: Context; remove: () => void } {
  const cache = join(mkdtempSync(join(tmpdir(), 'tspod-places-')), 'cache');
  const ctx = { paths: { cache }, log: () => undefined } as unknown as Context;
  return { ctx, remove: () => rmSync(join(cache, '..'), { recursive: true, force: true }) };
}

const place = (path: string, registry = 'r.example'): { registry: string; path: string } => ({
  registry,
  path,
});

test('rememberBlobs() keeps the latest repositories of a registry, and placesOf() gives the latest first', () => {
  const { ctx, remove } = context();
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:1'), []);
  for (const path of ['a', 'b', 'c', 'd', 'b']) rememberBlobs(ctx, place(path), ['sha256:1', 'sha256:2']);
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:1'), ['b', 'd', 'c']);
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:3'), []);
  assert.deepEqual(placesOf(ctx, 'other.example')('sha256:1'), []);
  remove();
});

test('rememberBlobs() forgets the oldest blobs', () => {
  const { ctx, remove } = context();
  rememberBlobs(ctx, place('a'), ['sha256:first']);
  rememberBlobs(
    ctx,
    place('a'),
    Array.from({ length: 5000 }, (_, at) => `sha256:${at}`),
  );
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:first'), []);
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:4999'), ['a']);
  remove();
});

test('placesOf() takes a damaged file for an empty one', () => {
  const { ctx, remove } = context();
  rememberBlobs(ctx, place('a'), ['sha256:1']);
  writeFileSync(join(ctx.paths.cache, 'blob-places.json'), '{"r.example": ');
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:1'), []);
  rememberBlobs(ctx, place('b'), ['sha256:1']);
  assert.deepEqual(placesOf(ctx, 'r.example')('sha256:1'), ['b']);
  remove();
});
