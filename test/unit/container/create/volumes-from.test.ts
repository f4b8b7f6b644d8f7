import assert from 'node:assert/strict';
import test from 'node:test';
import { mountsFromOthers } from '../../../../src/container/create/volumes-from';
import { makeSandbox, optionsOf } from '../sandbox';
import { idFrom, storeContainer } from '../stored-container';

const OTHER = ['-v', 'data:/data', '-v', '/usr:/u:ro', '-v', '/opt:/o:O', '--tmpfs', '/t', 'busybox', 'true'];

test('mountsFromOthers() takes what another container has from the host, and the own mounts win', (t) => {
  const { ctx, messages } = makeSandbox(t);
  storeContainer(ctx, { id: idFrom('abc'), name: 'web', argv: OTHER });
  const argv = ['-v', '/srv:/u', '--volumes-from', 'web', 'busybox', 'true'];
  const mounts = mountsFromOthers(ctx, optionsOf(ctx, argv));
  assert.deepEqual(
    mounts.map(({ kind, target }) => `${kind} ${target}`),
    ['bind /u', 'volume /data', 'overlay /o'],
  );
  assert.match(messages.join(), /the tmpfs on \/t cannot be shared/);
});

test('mountsFromOthers() makes them read-only or writable', (t) => {
  const { ctx } = makeSandbox(t);
  storeContainer(ctx, { id: idFrom('abc'), name: 'web', argv: OTHER });
  const readOnly = (from: string): unknown[] =>
    mountsFromOthers(ctx, optionsOf(ctx, ['--volumes-from', from, 'busybox', 'true'])).map(
      (mount) => 'readOnly' in mount && mount.readOnly,
    );
  assert.deepEqual(readOnly('web'), [false, true, false]);
  assert.deepEqual(readOnly('web:z,ro'), [true, true, false]);
  assert.deepEqual(readOnly('abc:rw'), [false, false, false]);
});

test('--volumes-from is refused in the words of Podman', (t) => {
  const { ctx } = makeSandbox(t);
  const refused: [string, RegExp][] = [
    ['web:bad', /invalid option "bad" specified - volumes from another container can only use/],
    ['web:ro,rw', /cannot set ro or rw options more than once/],
    [':ro', /a name or id is missing/],
  ];
  for (const [text, message] of refused)
    assert.throws(() => optionsOf(ctx, ['--volumes-from', text, 'busybox']), { code: 'usage', message });
  const options = optionsOf(ctx, ['--volumes-from', 'gone', 'busybox']);
  assert.throws(() => mountsFromOthers(ctx, options), {
    code: 'not-found',
    message: /^looking up container "gone" for volumes-from: no container with name or ID "gone" found/,
  });
});
