import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import test from 'node:test';
import { addPreserved, callersDescriptors } from '../../../../src/container/create/preserved-descriptors';
import { Plan } from '../../../../src/runtime/plan';

const plan = (descriptors: number[]): [boolean, Uint8Array] => {
  const made = new Plan();
  return [addPreserved(made, descriptors), made.bytes()];
};

test('addPreserved() tells those that follow standard error from the others', () => {
  const following = new Plan().add('PRESERVE_FDS', 2).bytes();
  const mixed = new Plan().add('PRESERVE_FDS', 1).add('PRESERVE_FD_LIST', 7, 5).bytes();
  assert.deepEqual(plan([4, 3]), [false, following]);
  assert.deepEqual(plan([7, 3, 5]), [true, mixed]);
  assert.deepEqual(plan([]), [false, new Plan().bytes()]);
});

test('callersDescriptors() takes files, and neither what is closed nor what is Node’s own', () => {
  const fd = openSync('/dev/null', 'r');
  assert.deepEqual(callersDescriptors({ count: 0, list: [fd, fd, 0] }), [fd]);
  closeSync(fd);
  assert.throws(
    () => callersDescriptors({ count: 0, list: [fd] }),
    /is not available - the preserve-fd option/,
  );
});

test('callersDescriptors() refuses a number that nobody has opened before Node', () => {
  const script = `import('${new URL('../../../../src/container/create/preserved-descriptors.ts', import.meta.url).href}')
    .then((m) => m.callersDescriptors({ count: 1, list: [] })).then(String, (e) => e.message).then(console.log)`;
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' });
  assert.match(stdout, /file descriptor 3 is not available - the preserve-fds option/);
});
