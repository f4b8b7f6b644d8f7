import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { openLayerWriter } from '../../../src/build/files/layer-writer';
import type { CopyAttributes, LayerWriter } from '../../../src/build/files/layer-writer';
import { project } from '../../helpers/project';

/** Everybody owns only what is their own here: the program that gives files away needs all ids. */
const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

interface Place {
  source: string;
  upper: string;
  writer: LayerWriter;
  /** Copies something of the source to a path of the layer. */
  put(from: string, to: string, attributes?: CopyAttributes): Promise<void>;
  /** What the layer has there: kind and mode. */
  at(path: string): string;
}

/** A layer on one other, whose files are made by `below`. */
function makePlace(t: TestContext, below: (lower: string) => void = () => undefined): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-writer-'));
  const [source, lower, upper] = ['source', 'lower', 'upper'].map((name) => join(folder, name)) as [
    ...[string, string, string],
  ];
  for (const path of [source, lower, upper]) mkdirSync(path);
  below(lower);
  const ctx = { paths: { helper: join(project, 'dist/tspod-helper') } } as never;
  const writer = openLayerWriter(ctx, upper, { lowers: [lower], breathe: () => undefined });
  t.after(() => {
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const put: Place['put'] = (from, to, attributes = {}) => {
    const path = join(source, from);
    const entry = { path, stats: lstatSync(path) };
    return writer.put(to.split('/'), entry, { owner, ...attributes });
  };
  return { source, upper, writer, put, at: (path) => describe(join(upper, path)) };
}

function describe(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'nothing';
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isDirectory()) return `directory ${mode}`;
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  return stats.isFIFO() ? `pipe ${mode}` : `file ${mode} ${stats.nlink} ${readFileSync(path, 'utf8')}`;
}

test('files, links and directories come with their modes and their times in seconds', async (t) => {
  const { source, upper, writer, put, at } = makePlace(t);
  writeFileSync(join(source, 'f'), 'text', { mode: 0o640 });
  utimesSync(join(source, 'f'), 1000.9, 1000.9);
  symlinkSync('f', join(source, 'l'));
  mkdirSync(join(source, 'd'), { mode: 0o711 });
  utimesSync(join(source, 'd'), 2000, 2000);
  await put('d', 'd');
  await put('f', 'd/f');
  await put('l', 'd/l');
  await put('f', 'd/other', { mode: () => 0o777 });
  writer.finish();
  assert.deepEqual(['d', 'd/f', 'd/l', 'd/other'].map(at), [
    'directory 711',
    'file 640 1 text',
    'link to f',
    'file 777 1 text',
  ]);
  assert.deepEqual(
    ['d/f', 'd'].map((name) => lstatSync(join(upper, name)).mtimeMs),
    [1000_000, 2000_000],
  );
});

test('names of one file stay names of one file, also when one of them is written over', async (t) => {
  const { source, writer, put, at } = makePlace(t);
  writeFileSync(join(source, 'a'), 'a');
  linkSync(join(source, 'a'), join(source, 'b'));
  writeFileSync(join(source, 'c'), 'c');
  const steps = [
    ['a', 'one'],
    ['b', 'two'],
    ['a', 'one'],
    ['b', 'three'],
    ['c', 'three'],
    ['b', 'four'],
  ] as const;
  for (const [from, to] of steps) await put(from, to);
  writer.finish();
  const expected = ['file 644 2 a', 'file 644 1 a', 'file 644 1 c', 'file 644 2 a'];
  assert.deepEqual(['one', 'two', 'three', 'four'].map(at), expected);
});

test('directories of layers below keep what they are, those that are missing are made', async (t) => {
  const { source, writer, put, at } = makePlace(t, (lower) => {
    mkdirSync(join(lower, 'there/deep'), { recursive: true });
    chmodSync(join(lower, 'there'), 0o700);
    writeFileSync(join(lower, 'there/old'), 'old');
    symlinkSync('there', join(lower, 'link'));
  });
  writeFileSync(join(source, 'f'), 'new');
  await put('f', 'there/old');
  await put('f', 'there/new/f');
  assert.deepEqual(writer.resolve('/link/deep/x').names, ['there', 'deep', 'x']);
  writer.ensureDirectory(['there', 'deep'], { owner });
  writer.finish();
  assert.deepEqual(['there', 'there/old', 'there/new', 'there/new/f', 'there/deep'].map(at), [
    'directory 700',
    'file 644 1 new',
    'directory 755',
    'file 644 1 new',
    'directory 755',
  ]);
});

test('what cannot take the place of something else is refused with its name', async (t) => {
  const { source, writer, put } = makePlace(t, (lower) => {
    mkdirSync(join(lower, 'd'));
    writeFileSync(join(lower, 'f'), '');
  });
  writeFileSync(join(source, 'f'), '');
  mkdirSync(join(source, 'd'));
  await assert.rejects(put('f', 'd'), /cannot replace the directory "\/d" by a file/);
  await assert.rejects(put('d', 'f'), /cannot replace "\/f", which is no directory/);
  await assert.rejects(put('f', 'f/x'), /"\/f" is not a directory/);
  assert.throws(() => writer.ensureDirectory(['f'], {}), /"\/f" is not a directory/);
});

test('a text takes the place of what was copied before', async (t) => {
  const { source, writer, put, at } = makePlace(t);
  writeFileSync(join(source, 'f'), 'copied');
  await put('f', 'x/f');
  writer.putText(['x', 'f'], 'text', { mode: 0o600, owner });
  writer.finish();
  assert.deepEqual(['x', 'x/f'].map(at), ['directory 755', 'file 600 1 text']);
});
