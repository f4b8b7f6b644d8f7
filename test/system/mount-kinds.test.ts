import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const folder = join(testFolder(), 'directory');
const file = join(testFolder(), 'file');
mkdirSync(folder, { recursive: true });
writeFileSync(file, 'seen\n');

const refused = async (expectCode: number, ...options: string[]) =>
  (await runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'true'], { expectCode }))
    .stderr;

test('a file on a directory and the reverse are refused with both paths', async () => {
  assert.match(
    await refused(126, '-v', `${file}:/etc`),
    new RegExp(`^Error: mounting file "${file}" on "/etc" in the container: that is a directory\nhint: `),
  );
  assert.match(
    await refused(126, '--userns', 'keep-id', '-v', `${folder}:/bin/sh`),
    new RegExp(
      `^Error: mounting directory "${folder}" on "/bin/sh" in the container: that is a file\nhint: `,
    ),
  );
  assert.match(
    await refused(126, '-v', `${folder}:/bin/sh/x`),
    new RegExp(`mounting "${folder}" on "/bin/sh/x" in the container: "/bin/sh" is no directory\n$`),
  );
  assert.match(
    await refused(126, '--mount', 'type=tmpfs,dst=/bin/sh'),
    /mounting "tmpfs" on "\/bin\/sh" in the container: that is a file\nhint: tmpfs goes on a directory/,
  );
});

test('a volume is no file either, and what lies below a file is not there', async () => {
  const name = uniqueName();
  assert.match(
    await refused(126, '-v', `${name}:/bin/sh`),
    new RegExp(`mounting directory ".*/volumes/${name}/_data" on "/bin/sh" in the container: that is a file`),
  );
  await runTspod(['volume', 'rm', name]);
  assert.match(
    await refused(125, '-v', `${file}/x:/new`),
    new RegExp(`statfs ${file}/x: not a directory\nhint: something above it is a file`),
  );
});

test('a file is mounted on a file, and where there is nothing', async () => {
  const mounts = ['-v', `${file}:/etc/group`, '-v', `${file}:/made/for/it`];
  const run = ['run', '--rm', '--network', 'none', ...mounts, 'busybox', 'cat', '/etc/group', '/made/for/it'];
  assert.equal((await runTspod(run)).stdout, 'seen\nseen\n');
});
