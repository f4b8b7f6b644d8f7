import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { runScriptLacking } from '../helpers/lacking-machine';
import { testFolder } from '../helpers/test-home';

/** KiB of the store's disk: room for the image and what the container writes, and not also for the layer of a commit. */
const size = 10_000;

test('a commit into a disk that fills up is told of, leaves the store whole, and the container as it was', async () => {
  const root = join(testFolder('disk'), 'root');
  const script = `
    tspod() { command tspod --root ${root} "$@"; }
    tspod run --name work --network none busybox dd if=/dev/urandom of=/big bs=64k count=64 2>/dev/null
    tspod commit -q work changed || echo "code $?"
    tspod system check --max 0s && echo whole
    tspod images --format '{{.Repository}}'
    tspod diff work | grep big
    ls ${root}/tmp
    tspod rm work
    tspod run --name work --network none busybox dd if=/dev/urandom of=/big bs=64k count=16 2>/dev/null
    tspod commit -q work changed >/dev/null && tspod images --format '{{.Repository}}'`;
  const lacks = { subordinateIds: true, space: { path: root, size } };
  const { stdout, stderr } = await runScriptLacking(lacks, script);
  const after = 'whole\nlocalhost/busybox\nA /big\nwork\nlocalhost/changed\nlocalhost/busybox\n';
  assert.equal(stdout, `code 125\n${after}`, stderr);
  assert.match(stderr, /^Error: .*(no space left on device|free on the disk)/im);
  assert.doesNotMatch(stderr, /^\s+at /m);
});

test('save, export and push into a disk that fills up are told of, and leave no half file', async () => {
  const out = join(testFolder('disk'), 'out');
  const root = join(testFolder('disk'), 'root');
  const script = `
    tspod() { command tspod --root ${root} "$@"; }
    tspod create --name work --network none busybox true >/dev/null
    tspod save -q -o ${out}/a.tar busybox || echo "code $?"
    tspod save -q --format oci-archive -o ${out}/b.tar busybox || echo "code $?"
    tspod save -q --format oci-dir -o ${out}/c busybox || echo "code $?"
    tspod save -q busybox >${out}/d.tar || echo "code $?"; rm ${out}/d.tar
    tspod export -o ${out}/e.tar work || echo "code $?"
    tspod push -q busybox oci-archive:${out}/f.tar || echo "code $?"
    find ${out} -type f -size +0 -name '*.tar'
    tspod system check --max 0s && echo whole
    tspod rm work`;
  const lacks = { subordinateIds: true, space: { path: out, size: 400 } };
  const { stdout, stderr } = await runScriptLacking(lacks, script);
  assert.equal(stdout, `${'code 125\n'.repeat(6)}whole\nwork\n`, stderr);
  assert.equal(stderr.match(/^Error: .*no space left on device/gim)?.length, 6, stderr);
  assert.doesNotMatch(stderr, /^\s+at /m);
});
