import assert from 'node:assert/strict';
import test from 'node:test';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

testHome();

const NONE = ['--network', 'none'];

const out = async (...args: string[]): Promise<string> => (await runTspod(args)).stdout;

/** An image with one layer more: what the script does. */
async function layered(image: string, script: string): Promise<string> {
  const [name, made] = [uniqueName('layer'), uniqueName('layered')];
  await runTspod(['run', '--name', name, ...NONE, image, 'sh', '-c', script]);
  await runTspod(['commit', '-q', name, made]);
  await runTspod(['rm', name]);
  return made;
}

const first = [
  'mkdir -p /d/kept /gone /opaque; echo one >/d/kept/f; echo two >/d/changed; echo three >/gone/f; echo old >/opaque/old',
  'echo many >/d/link; ln /d/link /d/hard; chown 1234:1234 /d/changed; chmod 4711 /d/hard; mkdir /was-dir; echo x >/was-dir/f',
].join('; ');
const second = [
  'echo changed >/d/changed; rm -rf /gone /opaque; mkdir /opaque; echo new >/opaque/new; rm /bin/ls; chmod 600 /etc/passwd',
  'rm -rf /was-dir; echo now a file >/was-dir; echo second >/d/second; rm /d/hard',
].join('; ');

const look = [
  'cd /; find d gone opaque was-dir bin/ls etc/passwd 2>&1 | sort',
  'cat d/kept/f d/changed d/second d/link opaque/new was-dir; stat -c "%n %u:%g %a" d d/changed d/link /bin/cat',
].join('; ');

test('an image of several layers looks the same with other ids, and can be written to', async () => {
  const image = await layered(await layered('localhost/busybox', first), second);
  const plain = await out('run', '--rm', ...NONE, image, 'sh', '-c', look);
  assert.match(plain, /one\nchanged\nsecond\nmany\nnew\nnow a file\n/);
  for (const userns of ['keep-id', 'keep-id:uid=500,gid=600', 'auto:size=3000']) {
    const root = ['--user', '0', '--userns', userns];
    assert.equal(await out('run', '--rm', ...NONE, ...root, image, 'sh', '-c', look), plain, userns);
  }
  const write =
    'echo more >>/d/second; cat /d/second; rm /d/kept/f; ls /d/kept; echo again >/d/kept/f; cat /d/kept/f';
  assert.equal(
    await out('run', '--rm', ...NONE, '--user', '0', '--userns', 'keep-id', image, 'sh', '-c', write),
    'second\nmore\nagain\n',
  );
});

test('a change in a container with other ids becomes a layer that all can use', async () => {
  const image = await layered('localhost/busybox', first);
  const [name, made] = [uniqueName(), uniqueName('layered')];
  const change = ['--user', '0', '--userns', 'keep-id', image, 'sh', '-c', second];
  await runTspod(['run', '--name', name, ...NONE, ...change]);
  await runTspod(['commit', '-q', name, made]);
  await runTspod(['rm', name]);
  const plain = await out('run', '--rm', ...NONE, made, 'sh', '-c', look);
  const shifted = ['--user', '0', '--userns', 'auto:size=3000'];
  assert.equal(await out('run', '--rm', ...NONE, ...shifted, made, 'sh', '-c', look), plain);
  assert.match(plain, /^d\/changed 1234:1234 /m);
});
