import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { runLacking } from '../helpers/lacking-machine';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const inBusybox = (options: readonly string[], script: string, expectCode: number | null = 0) =>
  runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script], { expectCode });

const remove = (...names: string[]) => runTspod(['volume', 'rm', '-f', ...names]);

test('a volume of a directory, with flags of its own, and the refusal of one that is not there', async () => {
  const [name, folder] = [uniqueName(), join(testFolder(), uniqueName())];
  const options = ['-o', 'type=none', '-o', 'o=bind,ro', '-o', `device=${folder}`];
  await runTspod(['volume', 'create', ...options, name]);
  const missing = await inBusybox(['-v', `${name}:/m`], 'true', 126);
  assert.match(missing.stderr, /its device ".*": no such file or directory\nhint: make it first: mkdir -p/);
  mkdirSync(folder);
  await inBusybox(['-v', `${name}:/m:nocopy`], '! touch /m/x');
  assert.deepEqual(readdirSync(folder), []);
  await remove(name);
  assert.deepEqual(readdirSync(folder), []);
});

test('a volume in memory is shared by the containers that run, and empty after the last', async () => {
  const [name, container] = [uniqueName(), uniqueName()];
  await runTspod(['volume', 'create', '-o', 'type=tmpfs', '-o', 'o=size=1m,uid=5,mode=700', name]);
  const start = words`run -d --rm --name ${container} --network none -v ${name}:/m busybox`;
  await runTspod([...start, 'sh', '-c', 'echo seen >/m/f; trap exit TERM; sleep 1000 & wait']);
  await waitFor('the other container has written', async () => {
    const { stdout } = await inBusybox(
      ['-v', `${name}:/m`],
      'cat /m/f; stat -c %u:%a /m; df -k /m | tail -1',
      null,
    );
    return /^seen\n5:700\ntmpfs +1024 /.test(stdout);
  });
  await runTspod(['stop', container]);
  assert.equal((await inBusybox(['-v', `${name}:/m`], 'ls -A /m')).stdout, '');
  await remove(name);
});

test('the owner and mode of a volume stay when it is filled', async () => {
  const name = uniqueName();
  await runTspod(['volume', 'create', '-o', 'o=uid=5,gid=6,mode=750', name]);
  const { stdout } = await inBusybox(['-v', `${name}:/etc`], 'stat -c %u:%g:%a /etc; ls /etc/passwd');
  assert.equal(stdout, '5:6:750\n/etc/passwd\n');
  const [shown] = JSON.parse((await runTspod(['volume', 'inspect', name])).stdout);
  assert.deepEqual(
    [shown.UID, shown.GID, shown.Options.UID, shown.Options.o],
    [5, 6, '5', 'uid=5,gid=6,mode=750'],
  );
  await remove(name);
});

test(
  'a volume with a size limit is full for its users only, keeps its data, and two containers share it',
  needs('fuse', 'fuse2fs'),
  async () => {
    const [name, container] = [uniqueName(), uniqueName()];
    await runTspod(['volume', 'create', '-o', 'size=8m', name]);
    const fill = 'echo kept >/m/f; chown 5:6 /m/f; dd if=/dev/zero of=/m/full bs=64k 2>&1; df -m /m';
    const { stdout } = await inBusybox(['-v', `${name}:/m`], fill);
    assert.match(stdout, /No space left on device/);
    assert.match(stdout, / (99|100)% \/m$/m);
    const start = words`run -d --rm --name ${container} --network none -v ${name}:/m busybox`;
    await runTspod([...start, 'sh', '-c', 'trap exit TERM; sleep 1000 & wait']);
    const other = await inBusybox(['-v', `${name}:/m`], 'rm /m/full; echo both >/m/both; stat -c %u:%g /m/f');
    assert.equal(other.stdout, '5:6\n');
    assert.equal((await runTspod(['exec', container, 'cat', '/m/f', '/m/both'])).stdout, 'kept\nboth\n');
    await runTspod(['stop', container]);
    assert.equal((await inBusybox(['-v', `${name}:/m`], 'ls -A /m')).stdout, 'both\nf\n');
    await remove(name);
  },
);

test(
  'a new volume with a size limit is filled from the image, or given to the user',
  needs('fuse', 'fuse2fs'),
  async () => {
    const [full, own] = [uniqueName(), uniqueName()];
    for (const name of [full, own]) await runTspod(['volume', 'create', '-o', 'size=4m', name]);
    const options = ['-u', '7:8', '-v', `${full}:/etc`, '-v', `${own}:/own`];
    assert.equal((await inBusybox(options, 'ls /etc/passwd; touch /own/x')).stdout, '/etc/passwd\n');
    assert.equal((await inBusybox(['-v', `${own}:/own`], 'stat -c %u:%g /own /own/x')).stdout, '7:8\n7:8\n');
    await remove(full, own);
  },
);

test(
  'a container with a size limit fills its own disk, and keeps what it wrote',
  needs('fuse', 'fuse2fs'),
  async () => {
    const name = uniqueName();
    const script =
      'cat /f; echo kept >/f; chown 5:6 /f; dd if=/dev/zero of=/full bs=64k 2>&1; df -m /; rm /full';
    const run = words`run --name ${name} --network none --storage-opt size=8m busybox sh -c ${script}`;
    const { stdout } = await runTspod(run);
    assert.match(stdout, /No space left on device/);
    assert.match(stdout, / (99|100)% \/$/m);
    assert.match((await runTspod(['start', '-a', name])).stdout, /^kept\n/);
    assert.match((await runTspod(['diff', name])).stdout, /^A \/f$/m);
    assert.match((await runTspod(['cp', `${name}:/f`, '-'])).stdout, /kept\n/);
    await runTspod(['rm', name]);
  },
);

test(
  'a container with a size limit in memory, and one with an id map of its own',
  needs('fuse', 'fuse2fs'),
  async () => {
    const full = 'dd if=/dev/zero of=/full bs=64k 2>&1; rm /full; stat -c %u /bin/sh /f';
    for (const upper of [[], ['--storage-opt', 'upper=tmpfs']])
      for (const map of [[], ['--userns', 'keep-id', '-u', '0']]) {
        const { stdout } = await inBusybox(
          ['--storage-opt', 'size=4m', ...upper, ...map],
          `touch /f; ${full}`,
        );
        assert.match(stdout, /No space left on device[^]*\n0\n0\n$/, JSON.stringify([upper, map]));
      }
  },
);

test('limits that cannot be are refused, and nothing is made', async () => {
  const name = uniqueName();
  for (const [options, message] of [
    [['-o', 'size=5x'], /invalid size "5x"/],
    [['-o', 'size=1k'], /too small/],
    [['-o', 'type=nfs', '-o', 'device=h:/x'], /type nfs is not supported/],
    [['-d', 'nosuch'], /no volume plugin with name "nosuch"/],
  ] as const) {
    assert.match(
      (await runTspod(['volume', 'create', ...options, name], { expectCode: 125 })).stderr,
      message,
    );
    await runTspod(['volume', 'exists', name], { expectCode: 1 });
  }
  for (const option of ['size=x', 'size=1k', 'inodes=5', 'upper=tmpfs'])
    await runTspod(['create', '--name', name, '--storage-opt', option, 'busybox'], { expectCode: 125 });
  await runTspod(['container', 'exists', name], { expectCode: 1 });
});

for (const [what, lacks, message] of [
  [
    'fuse2fs',
    { programs: ['fuse2fs'] },
    /Error: a size limit needs fuse2fs, which is not installed\nhint: install it: sudo apt/,
  ],
  [
    '/dev/fuse',
    { fuse: true },
    /Error: a size limit needs \/dev\/fuse, which cannot be opened\nhint: sudo modprobe fuse && sudo chmod 666/,
  ],
] as const)
  test(
    `a size limit without ${what} is refused with what mends it, and nothing is made`,
    needs('fuse2fs'),
    async () => {
      const name = uniqueName();
      const create = ['volume', 'create', '-o', 'size=4m', name];
      const { stderr } = await runLacking({ ...lacks, subordinateIds: true }, create, { expectCode: 125 });
      assert.match(stderr, message);
      await runTspod(['volume', 'exists', name], { expectCode: 1 });
    },
  );

test('a directory that the user of the container may not read is told of, with both ids and what mends it', async () => {
  const folder = join(testFolder(), uniqueName());
  mkdirSync(folder, { mode: 0o700 });
  const { stderr } = await inBusybox(['-u', '1000', '-v', `${folder}:/m`], 'ls /m', 1);
  assert.match(
    stderr,
    /container's user 1000 \(\d+ on this machine\) may not read ".*", which belongs to \d+ on this machine, 0 in/,
  );
  assert.match(stderr, /--userns keep-id:uid=1000,gid=0/);
  const mended = await inBusybox(
    ['-u', '1000', '--userns', 'keep-id:uid=1000,gid=1000', '-v', `${folder}:/m`],
    'touch /m/x',
  );
  assert.doesNotMatch(mended.stderr, /may not read/);
  assert.deepEqual(readdirSync(folder), ['x']);
  chmodSync(folder, 0o755);
});

/** The process that has the file of a volume mounted. */
function mounterOf(name: string): number | undefined {
  const isIt = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`/${name}/disk.img\0`);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter(isIt)
    .map(Number)[0];
}

const parentOf = (pid: number): number =>
  Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

test(
  'a volume with a size limit is whole after what mounts it was killed',
  needs('fuse', 'fuse2fs'),
  async () => {
    const [name, container] = [uniqueName(), uniqueName()];
    await runTspod(['volume', 'create', '-o', 'size=4m', name]);
    const start = words`run -d --rm --name ${container} --network none -v ${name}:/m busybox`;
    for (const victim of ['program', 'holder']) {
      await runTspod([
        ...start,
        'sh',
        '-c',
        `trap exit TERM; echo ${victim} >/m/${victim}; sync; sleep 1000 & wait`,
      ]);
      await waitFor(
        'the file',
        async () => (await runTspod(['exec', container, 'cat', `/m/${victim}`])).stdout !== '',
      );
      const program = mounterOf(name) ?? 0;
      assert.ok(program > 0);
      process.kill(victim === 'program' ? program : parentOf(program), 'SIGKILL');
      await waitFor('its end', () => mounterOf(name) === undefined);
      await runTspod(['stop', container]);
      assert.match((await inBusybox(['-v', `${name}:/m`], 'ls /m')).stdout, new RegExp(`^${victim}$`, 'm'));
    }
    await waitFor('the end of the last user', () => mounterOf(name) === undefined);
    await remove(name);
  },
);
