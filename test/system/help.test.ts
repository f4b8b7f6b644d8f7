import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { commandRows, groupRows } from '../../src/cli/command-table';
import { tspodProgram } from '../helpers/project';
import { homeEnvironment, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

const ready = commandRows.filter((row) => row.load !== undefined && row.hidden !== true);
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

test('the completion script of bash completes names, also behind colons and equal signs', async () => {
  const programs = testFolder('programs');
  mkdirSync(programs, { recursive: true });
  symlinkSync(tspodProgram, join(programs, 'tspod'));
  await runTspod(['create', '--name', 'web', 'busybox']);
  const env = { ...homeEnvironment(), PATH: `${programs}:${homeEnvironment()['PATH']}` };
  const script = `source <(tspod completion bash); compopt() { :; }
    for COMP_LINE in 'tspod start w' 'tspod run localhost/busybox:l' 'tspod run --network=container:w' 'tspod ps --noh'; do
      COMP_POINT=\${#COMP_LINE}; _tspod; echo "\${COMPREPLY[@]}"
    done`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { env, encoding: 'utf8' });
  await runTspod(['rm', 'web']);
  assert.deepEqual([stdout, stderr], ['web\nlatest\nweb\n--noheading\n', '']);
});
