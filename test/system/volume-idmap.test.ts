import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const inBusybox = (options: readonly string[], script: string, expectCode: number | null = 0) =>
  runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script], { expectCode });

test('idmap shows the ids of a volume to a container with other ids as to all others', async (t) => {
  const [volume, holder] = [uniqueName(), uniqueName()];
  await runTspod(['volume', 'create', '-o', 'type=tmpfs', volume]);
  const own = ['--name', holder, '-d', '--rm', '--network', 'none', '-v', `${volume}:/m`, 'busybox'];
  await runTspod([
    'run',
    ...own,
    'sh',
    '-c',
    'echo x >/m/f; chown 1000:7 /m/f; : >/m/ready; exec sleep 1000',
  ]);
  await waitFor('the files', async () => {
    const { stdout } = await runTspod(['exec', holder, 'ls', '/m']);
    return stdout.includes('ready');
  });
  const show = 'stat -c %u:%g /m /m/f; touch /m/new';
  const shifted = await inBusybox(
    ['--uidmap', '0:1:2000', '--gidmap', '0:1:2000', '-v', `${volume}:/m:idmap`],
    show,
    null,
  );
  if (/hint: this file system has no mounts with other ids/.test(shifted.stderr))
    t.skip('this kernel has no tmpfs with other ids (6.3)');
  else {
    assert.equal(shifted.stdout, '0:0\n1000:7\n', shifted.stderr);
    assert.equal((await runTspod(['exec', holder, 'stat', '-c', '%u:%g', '/m/new'])).stdout, '0:0\n');
    const mount = `type=volume,src=${volume},dst=/m,idmap,ro`;
    const { stderr } = await inBusybox(['--userns', 'keep-id', '--mount', mount], 'touch /m/x', 1);
    assert.match(stderr, /Read-only file system/);
  }
  await runTspod(['stop', '-t', '0', holder]);
  await runTspod(['volume', 'rm', volume]);
});

test('idmap changes nothing without ids of its own, and says why it cannot be', async () => {
  const folder = join(testFolder(), uniqueName());
  mkdirSync(folder);
  const options = ['-v', `${folder}:/m:idmap`];
  assert.equal((await inBusybox(options, 'stat -c %u /m')).stdout, '0\n');
  const { stderr } = await inBusybox(['--userns', 'keep-id', ...options], 'true', 126);
  assert.match(stderr, new RegExp(`^Error: mounting ${folder} with the ids of the container: .*\nhint: `));
  const mapped = ['-v', `${folder}:/m:idmap=uids=0-1-1`];
  assert.match((await inBusybox(mapped, 'true', 125)).stderr, /idmap with a map of its own is not supported/);
});
