import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runLacking, runScriptLacking } from '../helpers/lacking-machine';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const hintOf = (stderr: string): string => /^hint: (.*)$/m.exec(stderr)?.[1] ?? '';
const countOf = (text: string, part: RegExp): number => [...text.matchAll(new RegExp(part, 'gm'))].length;

test('without subordinate ids a container of user 0 runs, and one warning tells the cure', async () => {
  const args = ['run', '--rm', '--network', 'none', 'busybox', 'id', '-u'];
  const { stdout, stderr } = await runLacking({ subordinateIds: true }, args);
  assert.equal(stdout, '0\n');
  assert.equal(countOf(stderr, /^Warning: /), 1, stderr);
  assert.match(stderr, /no subordinate ids in \/etc\/subuid and \/etc\/subgid/);
  assert.match(hintOf(stderr), /^sudo usermod --add-subuids \d+-\d+ --add-subgids \d+-\d+ \S+$/);
});

test('without newuidmap a container is refused with the package to install', async () => {
  const args = ['run', '--rm', '--network', 'none', 'busybox', 'true'];
  const { stderr } = await runLacking({ programs: ['newuidmap', 'newgidmap'] }, args, { expectCode: 125 });
  assert.equal(countOf(stderr, /^Error: /), 1, stderr);
  assert.match(stderr, /newuidmap/);
  assert.match(hintOf(stderr), /sudo apt install uidmap/);
});

test('without user namespaces a container is refused with the setting to change', async () => {
  const args = ['run', '--rm', '--network', 'none', 'busybox', 'true'];
  const { stderr } = await runLacking({ userNamespaces: true }, args, {
    expectCode: 125,
  });
  assert.equal(countOf(stderr, /^Error: /), 1, stderr);
  assert.match(stderr, /user namespace/);
  assert.match(hintOf(stderr), /sudo sysctl -w user\.max_user_namespaces=/);
});

test('in a chroot a container is refused, and the chroot is named as the cause', async () => {
  const lacks = { chroot: true, subordinateIds: true };
  const args = ['run', '--rm', '--network', 'none', 'busybox', 'true'];
  const { stderr } = await runLacking(lacks, args, { expectCode: 125 });
  assert.match(
    stderr,
    /^Error: making a user namespace: Operation not permitted: .*chroot\nhint: .*systemd-nspawn/m,
  );
  const { stdout } = await runLacking(lacks, ['doctor'], { expectCode: null });
  assert.match(stdout, /^FAIL +user namespace .*chroot\n +-> .*systemd-nspawn/m);
});

test('without a network helper a container with a network is refused, and one without runs', async () => {
  const lacks = { programs: ['slirp4netns', 'pasta', 'pasta.avx2'], subordinateIds: true };
  const { stderr } = await runLacking(lacks, ['run', '--rm', 'busybox', 'true'], { expectCode: 125 });
  assert.equal(countOf(stderr, /^Error: /), 1, stderr);
  assert.match(stderr, /slirp4netns/);
  // the warning of subordinate ids may come before it
  assert.match(stderr, /^hint: .*sudo apt install slirp4netns.*--network none/m);
  await runLacking(lacks, ['run', '--rm', '--network', 'none', 'busybox', 'true']);
});

test('without XDG_RUNTIME_DIR containers run and are found by the next command', async () => {
  const temporary = testFolder('tmp');
  const env = { XDG_RUNTIME_DIR: undefined, TMPDIR: temporary };
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, 'busybox', 'sleep', '1000'], { env });
  assert.equal((await runTspod(['exec', name, 'echo', 'in'], { env })).stdout, 'in\n');
  await runTspod(['rm', '-f', '-t', '0', name], { env });
});

test('a runtime directory that others can enter is refused with the cure', async () => {
  const temporary = testFolder('tmp');
  const env = { XDG_RUNTIME_DIR: undefined, TMPDIR: temporary };
  const place = join(temporary, `tspod-run-${process.getuid?.()}`);
  writeFileSync(place, '');
  const { stderr, code } = await runTspod(['ps'], { env, expectCode: null });
  rmSync(place);
  // a machine where somebody is logged in has /run/user/UID instead
  if (code === 0) return;
  assert.equal(code, 125);
  assert.match(stderr, /^Error: .*tspod-run-\d+/);
  assert.match(hintOf(stderr), /XDG_RUNTIME_DIR/);
});

/** KiB: too little for the image, for its layer, for a container, for what the container writes. */
const sizes = [64, 2200, 4140, 4300];
for (const size of sizes) {
  test(`a disk of ${size} KiB that fills up is told of, and no rubbish stays`, async () => {
    const root = join(testFolder('disk'), 'root');
    const script = `
      for i in 1 2 3; do
        tspod --root ${root} create --network none busybox true >/dev/null || echo "code $?"
      done
      tspod --root ${root} run --rm --network none busybox dd if=/dev/zero of=/big bs=64k count=64 || echo "code $?"
      tspod --root ${root} ps -a >/dev/null
      tspod --root ${root} rm -fa >/dev/null
      tspod --root ${root} rmi -fa >/dev/null
      echo "left: $(ls ${root}/containers ${root}/tmp ${root}/layers 2>/dev/null | grep -v : | tr '\\n' ' ')"`;
    const { stdout, stderr } = await runScriptLacking(
      { subordinateIds: true, space: { path: root, size } },
      script,
    );
    assert.match(stderr, /no space left on device|free on the disk/i);
    assert.match(stdout, /left: *\n$/, `${stdout}${stderr}`);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
}

test('a limit without control groups is refused, and names controller and cure', async () => {
  const args = ['run', '--rm', '--network', 'none', '--memory', '64m', 'busybox', 'true'];
  const lacks = { controlGroups: true, subordinateIds: true };
  const { stderr } = await runLacking(lacks, args, { expectCode: 125 });
  assert.equal(countOf(stderr, /^Error: /), 1, stderr);
  assert.match(stderr, /^Error: .*memory/m);
  assert.match(stderr, /^Error: [^]*^hint: /m);
  const store = storeRoot();
  assert.deepEqual(readdirSync(join(store, 'containers')), []);
  await runLacking(lacks, ['run', '--rm', '--network', 'none', 'busybox', 'true']);
});

test('without /dev/fuse a container that needs fuse-overlayfs is refused with the cure', async () => {
  const root = join(testFolder('fuse'), 'root');
  const script = `
    tspod --root ${root} images >/dev/null
    mkdir -p ${root}
    echo "$(uname -r) fuse-overlayfs 0" >${root}/storage-driver
    tspod --root ${root} run --rm --network none busybox true; echo "code $?"
    tspod --root ${root} ps -aq`;
  const { stdout, stderr } = await runScriptLacking({ fuse: true, subordinateIds: true }, script);
  assert.equal(stdout, 'code 125\n', stderr);
  assert.match(stderr, /^Error: .*fuse-overlayfs.*$/m);
  assert.match(stderr, /^hint: .*(\/dev\/fuse|apt install fuse-overlayfs)/m);
});
