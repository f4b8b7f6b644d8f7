import assert from 'node:assert/strict';
import test from 'node:test';
import { localTransport, parseTransport } from '../../../../src/image/transport/parse-transport';

const places: [string, object][] = [
  ['docker://quay.io/x/y:1', { transport: 'docker', path: 'quay.io/x/y:1', reference: undefined }],
  ['oci:/a/b', { transport: 'oci', path: '/a/b', reference: undefined }],
  ['oci:dir:web:1', { transport: 'oci', path: 'dir', reference: 'web:1' }],
  ['oci:dir:', { transport: 'oci', path: 'dir', reference: undefined }],
  ['oci-archive:a.tar:x', { transport: 'oci-archive', path: 'a.tar', reference: 'x' }],
  ['docker-archive:a.tar:@2', { transport: 'docker-archive', path: 'a.tar', reference: '@2' }],
  ['dir:/a:b', { transport: 'dir', path: '/a:b', reference: undefined }],
  [
    'containers-storage:[overlay@/x+/y]web:1',
    { transport: 'containers-storage', path: '[overlay@/x+/y]web:1', reference: undefined },
  ],
];
for (const [text, expected] of places) {
  test(`parseTransport() reads ${text}`, () => assert.deepEqual(parseTransport(text), expected));
}

for (const name of [
  'busybox',
  'busybox:latest',
  'localhost:5000/a',
  'x@sha256:00',
  'constructor:x',
  ':x',
  '',
]) {
  test(`parseTransport() takes "${name}" for no place`, () => assert.equal(parseTransport(name), undefined));
}

const refused: [string, RegExp][] = [
  ['oci:', /"oci:": expected oci:PATH\[:REFERENCE\]/],
  ['oci::x', /expected oci:PATH/],
  ['docker:busybox', /expected docker:\/\/NAME/],
  ['docker://', /expected docker:\/\/NAME/],
  ['docker-daemon:x', /docker-daemon: is not supported/],
  ['sif:x', /sif: is not supported/],
];
for (const [text, says] of refused) {
  test(`parseTransport() refuses "${text}"`, () => assert.throws(() => parseTransport(text), says));
}

test('localTransport() knows places on this machine only', () => {
  assert.equal(localTransport('docker://x/y'), undefined);
  assert.equal(localTransport('dir:x')?.path, 'x');
});
