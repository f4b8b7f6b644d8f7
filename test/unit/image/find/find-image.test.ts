import assert from 'node:assert/strict';
import test from 'node:test';
import { findImage } from '../../../../src/image/find/find-image';
import type { IndexEntry } from '../../../../src/store/image-index';
import { inConfigHome } from '../../../helpers/config-home';

/** The user's own file hides those of the machine. */
const MAIN = '.config/containers/registries.conf';

const entry = (name: string | undefined, id: string): IndexEntry => ({
  mediaType: 'm',
  digest: `sha256:${id.repeat(32)}`,
  size: 1,
  name,
  imageId: id.repeat(32),
});
const entries = [
  entry('docker.io/library/busybox:latest', '1a'),
  entry('localhost/busybox:latest', '2b'),
  entry('quay.io/team/web:2', '3c'),
  entry('docker.io/library/alpine:latest', '3d'),
  entry(undefined, '4e'),
  entry('1.0', '5a'),
  entry('other:1', '6a'),
  entry('No Name!', '7a'),
];

/** What is found without any registries.conf. */
const lookups: [text: string, id: string | undefined][] = [
  ['busybox', '2b'],
  ['docker.io/busybox', '1a'],
  ['library/busybox', '1a'],
  ['alpine:latest', '3d'],
  ['web:2', '3c'],
  ['web', undefined],
  ['4e', '4e'],
  ['sha256:4e4e', '4e'],
  ['4e'.repeat(32), '4e'],
  [`sha256:${'1a'.repeat(32)}`, '1a'],
  [`busybox@sha256:${'2b'.repeat(32)}`, '2b'],
  [`busybox@sha256:${'3c'.repeat(32)}`, undefined],
  ['4', undefined],
  ['nosuch', undefined],
  ['1.0', '5a'],
  ['other:1', '6a'],
  ['other', undefined],
  [`x@sha256:${'7a'.repeat(32)}`, undefined],
  ['7a7a', '7a'],
];

for (const [text, id] of lookups) {
  test(`findImage() finds ${id ?? 'nothing'} by ${text.slice(0, 30)}`, () =>
    inConfigHome(({ ctx, write }) => {
      write(MAIN, '');
      assert.equal(findImage(ctx, entries, text)?.imageId, id?.repeat(32));
    }));
}

const aliases = `unqualified-search-registries = ["first.io", "quay.io"]
[aliases]
"busybox" = "docker.io/library/busybox"
"site" = "quay.io/team/web"
"gone" = "quay.io/team/gone"
"off" = ""
`;

/** With these aliases and search registries. */
const resolved: [text: string, id: string | undefined][] = [
  ['busybox', '1a'],
  ['busybox:latest', '1a'],
  ['site:2', '3c'],
  ['site', undefined],
  [`site@sha256:${'3c'.repeat(32)}`, '3c'],
  ['team/web:2', '3c'],
  ['gone', '5f'],
  ['off', undefined],
  ['both', '7c'],
  ['localhost/busybox', '2b'],
];

for (const [text, id] of resolved) {
  test(`findImage() with aliases finds ${id ?? 'nothing'} by ${text.slice(0, 30)}`, () =>
    inConfigHome(({ ctx, write, said }) => {
      write(MAIN, `unknown-key = 1\n${aliases}`);
      const more = [
        entry('localhost/gone:latest', '5f'),
        entry('other.io/both:latest', '6a'),
        entry('quay.io/both:latest', '7c'),
      ];
      assert.equal(findImage(ctx, [...entries, ...more], text)?.imageId, id?.repeat(32));
      assert.deepEqual(said, []);
    }));
}

test('findImage() reads no registries.conf where no name in it can be found', () =>
  inConfigHome(({ ctx, write }) => {
    write(MAIN, 'broken');
    assert.equal(findImage(ctx, [entry('localhost/a:latest', '1a')], 'a')?.imageId, '1a'.repeat(32));
    assert.throws(() => findImage(ctx, entries, 'a'), /registries\.conf/);
  }));

test('findImage() takes the start of an id before the end of a name, and refuses one that fits several', () =>
  inConfigHome(({ ctx, write }) => {
    write(MAIN, '');
    const twins = [entry(undefined, 'ab'), { ...entry(undefined, 'ab'), imageId: `abab${'0'.repeat(60)}` }];
    assert.throws(() => findImage(ctx, twins, 'abab'), /ambiguous: 2 images/);
    const named = [entry('quay.io/x/ab:latest', '1c'), entry(undefined, 'ab')];
    assert.equal(findImage(ctx, named, 'ab')?.imageId, 'ab'.repeat(32));
    assert.equal(findImage(ctx, named.slice(0, 1), 'ab')?.imageId, '1c'.repeat(32));
  }));
