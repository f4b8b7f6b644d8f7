import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { project } from '../helpers/project';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const name = uniqueName('formats');
const [keyRows = '', fieldRows = ''] = readFileSync(join(project, 'docs/formats.md'), 'utf8').split(
  '## Fields of templates',
);

/** What each command needs to have one row. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  ps: ['--all'],
  history: ['busybox'],
  'volume inspect': [name],
  'network inspect': ['podman'],
  'secret inspect': [name],
  stats: ['--no-stream', '--all'],
  events: ['--stream=false', '--filter', `container=${name}`],
  diff: [name],
};

before(async () => {
  await runTspod(['volume', 'create', name]);
  await runTspod(['secret', 'create', name, '-'], { stdin: 'x' });
  await runTspod(['run', '--name', name, '--network', 'none', 'busybox', 'touch', '/new']);
});

/** The rows of a table of commands and words. */
function documented(text: string): [command: string, words: string[]][] {
  return [...text.matchAll(/^\| (`.*?`) \| (.*) \|$/gm)].flatMap(([, commands = '', words = '']) =>
    quoted(commands).map((command): [string, string[]] => [command, quoted(words)]),
  );
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]*)`/g)].map(([, word = '']) => word);
}

for (const [command, words] of documented(keyRows)) {
  test(`the keys of ${command} --format json are documented`, async () => {
    const args = [...command.split(' '), '--format', 'json', ...(ARGUMENTS[command] ?? [])];
    const { stdout } = await runTspod(args);
    const parsed = JSON.parse(command === 'events' ? (stdout.split('\n')[0] ?? '') : stdout) as object;
    const first = (Array.isArray(parsed) ? parsed[0] : parsed) as object;
    const known = new Set(words.flatMap((word) => (word === 'network ls' ? ['name', 'id'] : word)));
    const isWhole = !words.includes('network ls');
    if (isWhole)
      assert.deepEqual(
        Object.keys(first).filter((key) => !known.has(key)),
        [],
      );
    const optional = new Set([
      'ContainerExitCode',
      'debug',
      '--debug',
      'died',
      'added',
      'changed',
      'deleted',
    ]);
    assert.deepEqual(
      [...known].filter((key) => !optional.has(key) && !Object.hasOwn(first, key)),
      [],
    );
  });
}

for (const [command, fields] of documented(fieldRows)) {
  test(`the documented fields of ${command} --format work`, async () => {
    const template = fields.map((field) => `{{.${field}}}`).join(' ');
    const args = [...command.split(' '), '--format', template, ...(ARGUMENTS[command] ?? [])];
    assert.notEqual((await runTspod(args)).stdout.trim(), '');
  });
}
