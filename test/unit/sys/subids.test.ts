import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { Context } from '../../../src/lib/context';
import { cure, ranges, subordinateIds } from '../../../src/sys/subids';

const top = mkdtempSync(join(tmpdir(), 'tspod-subids-'));
after(() => rmSync(top, { recursive: true }));

const CASES: [name: string, text: string, expected: [start: number, size: number][]][] = [
  ['the range of the user by name', 'jane:100000:65536\n', [[100000, 65536]]],
  ['the range of the user by number', '1000:100000:65536\n', [[100000, 65536]]],
  [
    'all ranges of the user, in the order of the file',
    'jane:300:5\n1000:100:7\n',
    [
      [300, 5],
      [100, 7],
    ],
  ],
  ['none of others', 'john:100000:65536\njanet:1:2\n10001:3:4\n', []],
  ['no empty range', 'jane:100000:0\n', []],
  ['nothing of lines that are none', '\n# jane:1:2\njane\njane:5\njane:x:y\njane:x:5\n', []],
  ['a last line without an end', 'jane:7:8', [[7, 8]]],
];

for (const [name, text, expected] of CASES) {
  test(`ranges() takes ${name}`, () => {
    const file = join(top, 'subuid');
    writeFileSync(file, text);
    const found = ranges(file, { user: 'jane', uid: 1000 });
    assert.deepEqual(
      found.map(({ start, size }) => [start, size]),
      expected,
    );
  });
}

test('ranges() takes a missing file for an empty one', () => {
  assert.deepEqual(ranges(join(top, 'nowhere'), { user: 'jane', uid: 1000 }), []);
});

test('subordinateIds() leaves a user without ranges his own id, and says so with the cure', () => {
  const said: string[] = [];
  const user = 'tspod-no-such-user';
  const ctx = { uid: 987654, gid: 987655, user, log: (_: string, text: string) => void said.push(text) };
  assert.deepEqual(subordinateIds(ctx as unknown as Context), {
    uids: [{ container: 0, host: 987654, size: 1 }],
    gids: [{ container: 0, host: 987655, size: 1 }],
  });
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', new RegExp(`user ${user} has no subordinate ids .*\nhint: sudo usermod `));
});

test('cure() names the user', () => {
  assert.match(
    cure({ user: 'jane' } as Context),
    /^sudo usermod --add-subuids \d+-\d+ --add-subgids \d+-\d+ jane$/,
  );
});
