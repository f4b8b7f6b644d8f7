import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { Context } from '../../../src/lib/context';
import { createVolume, ensureVolume } from '../../../src/volume/create-volume';
import { parseVolumeFilters } from '../../../src/volume/volume-filters';
import {
  findVolume,
  findVolumeName,
  listVolumes,
  loadVolume,
  volumePaths,
} from '../../../src/volume/volume-record';

function withStore(work: (ctx: Context, root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'tspod-volumes-'));
  mkdirSync(join(root, 'tmp'));
  try {
    work({ paths: { root } } as Context, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test('createVolume() makes a whole volume and leaves nothing in tmp', () =>
  withStore((ctx, root) => {
    const made = createVolume(ctx, { name: 'data', labels: { a: 'b' } });
    assert.deepEqual(loadVolume(ctx, 'data'), made);
    assert.deepEqual(readdirSync(join(root, 'volumes/data')).sort(), ['_data', 'volume.json']);
    assert.deepEqual(readdirSync(join(root, 'tmp')), []);
  }));

test('createVolume() refuses a name in use and keeps what is there', () =>
  withStore((ctx, root) => {
    createVolume(ctx, { name: 'data' });
    writeFileSync(join(root, 'volumes/data/_data/file'), 'x');
    assert.throws(() => createVolume(ctx, { name: 'data' }), {
      code: 'exists',
      message: /data already exists/,
    });
    assert.deepEqual(readdirSync(join(root, 'volumes/data/_data')), ['file']);
    assert.deepEqual(readdirSync(join(root, 'tmp')), []);
  }));

test('ensureVolume() makes a volume once', () =>
  withStore((ctx) => {
    const made = ensureVolume(ctx, 'data', { anonymous: true });
    assert.deepEqual(ensureVolume(ctx, 'data'), made);
    assert.equal(made.anonymous, true);
  }));

test('loadVolume() refuses a record that is none', () =>
  withStore((ctx) => {
    createVolume(ctx, { name: 'data' });
    for (const text of ['null', '5', '{}', '{"created":"2026-01-01T00:00:00Z"}', '{']) {
      writeFileSync(volumePaths(ctx, 'data').record, text);
      assert.throws(() => loadVolume(ctx, 'data'), { code: 'invalid', message: /volume\.json/ }, text);
    }
  }));

test('listVolumes() leaves out a broken one, and tells of it with the cure', () =>
  withStore((ctx, root) => {
    const said: string[] = [];
    const telling = { ...ctx, log: (level: string, text: string) => void said.push(`${level}: ${text}`) };
    for (const name of ['a', 'broken', 'c']) createVolume(ctx, { name });
    writeFileSync(volumePaths(ctx, 'broken').record, '{');
    assert.deepEqual(
      listVolumes(telling as unknown as Context).map(({ name }) => name),
      ['a', 'c'],
    );
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^error: the record of volume broken is broken: reading ".*": /);
    assert.ok(
      said[0]?.endsWith(
        `; remove the volume, with what is in ${root}/volumes/broken/_data: tspod volume rm broken`,
      ),
    );
    assert.equal(findVolumeName(ctx, 'bro'), 'broken');
    assert.throws(() => findVolume(ctx, 'bro'), { code: 'invalid', hint: /tspod volume rm broken/ });
  }));

test('findVolume() takes a unique beginning of a name, and no path', () =>
  withStore((ctx) => {
    createVolume(ctx, { name: 'data' });
    createVolume(ctx, { name: 'database' });
    createVolume(ctx, { name: 'web' });
    assert.equal(findVolume(ctx, 'data').name, 'data');
    assert.equal(findVolume(ctx, 'w').name, 'web');
    assert.throws(() => findVolume(ctx, 'dat'), { code: 'usage', message: /data, database/ });
    for (const text of ['', 'no', '../volumes/web']) {
      assert.throws(() => findVolume(ctx, text), { code: 'not-found', exitCode: 1 }, text);
    }
  }));

test('parseVolumeFilters() keeps what all filters let through', () =>
  withStore((ctx) => {
    createVolume(ctx, { name: 'a1', labels: { kind: 'db' } });
    createVolume(ctx, { name: 'a2', labels: { kind: 'web' } });
    createVolume(ctx, { name: 'b1', anonymous: true });
    const use = { isUsed: (name: string) => name === 'a2' };
    const names = (...filters: string[]) => {
      const keep = parseVolumeFilters(ctx, filters);
      return listVolumes(ctx)
        .filter((each) => keep(each, use))
        .map(({ name }) => name);
    };
    assert.deepEqual(names(), ['a1', 'a2', 'b1']);
    assert.deepEqual(names('name=^a', 'label=kind=db'), ['a1']);
    assert.deepEqual(names('label=kind'), ['a1', 'a2']);
    assert.deepEqual(names('label!=kind'), ['b1']);
    assert.deepEqual(names('dangling=true'), ['a1', 'b1']);
    assert.deepEqual(names('anonymous=true'), ['b1']);
    const old = { ...findVolume(ctx, 'a1'), created: '2020-01-01T00:00:00.000Z' };
    writeFileSync(volumePaths(ctx, 'a1').record, JSON.stringify(old));
    assert.deepEqual(names('since=a1'), ['a2', 'b1']);
    assert.deepEqual(names('after=a1', 'label=kind'), ['a2']);
    assert.deepEqual(names('since=b1'), []);
    assert.throws(() => names('after=c1'), { code: 'not-found', exitCode: 125 });
  }));

for (const text of ['color=red', 'name', 'dangling=perhaps', '=x']) {
  test(`parseVolumeFilters() refuses "${text}"`, () => {
    withStore((ctx) => assert.throws(() => parseVolumeFilters(ctx, [text]), { code: 'usage' }));
  });
}
