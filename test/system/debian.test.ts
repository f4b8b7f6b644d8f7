import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { debianTar } from '../helpers/debian';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { words } from '../helpers/words';

const tar = debianTar();

before(async () => {
  if (tar !== undefined) await runTspod(['import', tar, 'debian:test'], { timeout: 120_000 });
});

test('apt-get tells its version in a Debian root file system', needs('debian'), async () => {
  const { stdout } = await runTspod(['run', '--rm', 'debian:test', 'apt-get', '--version']);
  assert.match(stdout, /^apt \d+\.\d+/);
});

test('a shell script that is bound into it runs', needs('debian'), async () => {
  const script = join(testFolder(), 'script.sh');
  writeFileSync(script, '#!/bin/bash\nset -e\n. /etc/os-release\necho "$ID $1"\n', { mode: 0o755 });
  const { stdout } = await runTspod(words`run --rm -v ${script}:/script.sh:ro debian:test /script.sh runs`);
  assert.equal(stdout, 'debian runs\n');
});

test('a compiled program runs', needs('debian'), async () => {
  const folder = testFolder();
  const code =
    '#include <stdio.h>\n#include <unistd.h>\nint main(void) { return printf("pid %d\\n", getpid()) < 0; }\n';
  writeFileSync(join(folder, 'program.c'), code);
  const { status, stderr } = spawnSync('gcc', ['-o', join(folder, 'program'), join(folder, 'program.c')]);
  assert.equal(status, 0, String(stderr));
  const { stdout } = await runTspod(words`run --rm -v ${folder}:/work -w /work debian:test ./program`);
  assert.equal(stdout, 'pid 1\n');
});

test('owners, set-uid bits and long lists of files are those of the archive', needs('debian'), async () => {
  const script = 'stat -c "%u:%g %a" /etc/shadow /usr/bin/su; dpkg --verify && echo verified';
  const { stdout } = await runTspod(['run', '--rm', 'debian:test', 'sh', '-c', script]);
  assert.match(stdout, /^0:42 640\n0:0 4755\n/);
});

test('a user of the image has its own rights', needs('debian'), async () => {
  const script = 'id -un; cat /etc/shadow';
  const { stdout, stderr } = await runTspod(
    ['run', '--rm', '--user', 'nobody', 'debian:test', 'sh', '-c', script],
    { expectCode: 1 },
  );
  assert.equal(stdout, 'nobody\n');
  assert.match(stderr, /Permission denied/);
});
