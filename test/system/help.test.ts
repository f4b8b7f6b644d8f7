import assert from 'node:assert/strict';
import test from 'node:test';
import { commandRows, groupRows } from '../../src/cli/command-table';
import { runTspod } from '../helpers/tspod';

const ready = commandRows().filter((row) => row.load !== undefined && row.hidden !== true);
const paths = ['', ...groupRows.map((row) => row.path), ...ready.map((row) => row.path)];

test('each command and group has a help that fits 100 columns', async () => {
  for (const path of paths) {
    const words = path === '' ? [] : path.split(' ');
    const { stdout, stderr } = await runTspod([...words, '--help']);
    assert.equal(stderr, '', path);
    assert.match(stdout, /^\S.*\n[\s\S]*\nUsage:\n {2}tspod/, path);
    const wide = stdout.split('\n').filter((line) => line.length > 100);
    assert.deepEqual(wide, [], path);
  }
});

/** They say what a user needs instead: nothing could be shown. */
const explaining = ['container checkpoint', 'container restore'];

test('each command that takes arguments or options has an example', async () => {
  for (const row of ready) {
    const { args, options, examples } = (await row.load?.())?.default ?? { args: { min: 0 }, options: {} };
    if (args.max === 0 && Object.keys(options).length === 0) continue;
    assert.ok((examples?.length ?? 0) > 0 || explaining.includes(row.path), row.path);
  }
});
