import assert from 'node:assert/strict';
import test from 'node:test';
import { findKeyLine, keyOfLine } from '../../../src/config/find-key';

const TEXT = `# tz = "no"
[containers]
tz = "UTC"
"umask"="0077"
[ engine ]
tz = "other table"
[engine.runtimes]
crun = ["/usr/bin/crun"]
`;

const LINES: [table: string, key: string, line: number | undefined][] = [
  ['containers', 'tz', 3],
  ['containers', 'umask', 4],
  ['engine', 'tz', 6],
  ['engine', 'runtimes', 7],
  ['engine.runtimes', 'crun', 8],
  ['engine', 'crun', undefined],
  ['containers', 'env', undefined],
];

for (const [table, key, line] of LINES) {
  test(`findKeyLine() finds ${table}.${key} on line ${line}`, () => {
    assert.equal(findKeyLine(TEXT, table, key), line);
  });
}

test('keyOfLine() knows lines without a key', () => {
  for (const line of [undefined, '', '# a = 1', '[table]', '"a"]']) assert.equal(keyOfLine(line), undefined);
});
