import assert from 'node:assert/strict';
import test from 'node:test';
import {
  dockerReference,
  formatReference,
  givenName,
  localReference,
  parseReference,
} from '../../../../src/image/name/reference';

const digest = `sha256:${'a'.repeat(64)}`;

const names: [text: string, docker: string, local: string][] = [
  ['busybox', 'docker.io/library/busybox:latest', 'localhost/busybox:latest'],
  ['busybox:1', 'docker.io/library/busybox:1', 'localhost/busybox:1'],
  ['team/web', 'docker.io/team/web:latest', 'localhost/team/web:latest'],
  ['docker.io/busybox', 'docker.io/library/busybox:latest', 'docker.io/library/busybox:latest'],
  ['index.docker.io/a/b', 'docker.io/a/b:latest', 'docker.io/a/b:latest'],
  ['localhost/x', 'localhost/x:latest', 'localhost/x:latest'],
  ['localhost:5000/x:v1.0', 'localhost:5000/x:v1.0', 'localhost:5000/x:v1.0'],
  ['quay.io/a/b/c', 'quay.io/a/b/c:latest', 'quay.io/a/b/c:latest'],
  ['[::1]:5000/x', '[::1]:5000/x:latest', '[::1]:5000/x:latest'],
  ['UPPER/x', 'UPPER/x:latest', 'UPPER/x:latest'],
  [`busybox@${digest}`, `docker.io/library/busybox@${digest}`, `localhost/busybox@${digest}`],
  [`a.b/x:t@${digest}`, `a.b/x:t@${digest}`, `a.b/x:t@${digest}`],
  ['a__b.c-d---e', 'docker.io/library/a__b.c-d---e:latest', 'localhost/a__b.c-d---e:latest'],
];

for (const [text, docker, local] of names) {
  test(`parseReference() reads ${text.slice(0, 40)}`, () => {
    const reference = parseReference(text);
    assert.equal(formatReference(reference), text);
    assert.equal(formatReference(dockerReference(reference)), docker);
    assert.equal(formatReference(localReference(reference)), local);
  });
}

const malformed: [what: string, text: string, error: RegExp][] = [
  ['an empty name', '', /the name is empty/],
  ['an empty tag', 'busybox:', /the tag is empty/],
  ['an empty digest', 'busybox@', /malformed digest/],
  ['a short digest', 'busybox@sha256:abc', /malformed digest/],
  ['upper case', 'Busybox', /lower case/],
  ['upper case after a registry', 'quay.io/Busybox', /lower case/],
  ['two slashes', 'a//b', /malformed repository/],
  ['a slash at the end', 'a/', /malformed repository/],
  ['a slash at the front', '/a', /malformed repository/],
  ['a registry alone', 'quay.io/', /the name is empty/],
  ['a blank', 'a b', /malformed repository/],
  ['three underscores', 'a___b', /malformed repository/],
  ['a tag with a slash', 'a:b/c', /malformed registry|malformed repository/],
  ['a tag that is too long', `a:${'x'.repeat(129)}`, /malformed tag/],
  ['a name that is too long', `a/${'x'.repeat(254)}`, /longer than 255/],
  ['64 hexadecimal digits', 'a'.repeat(64), /that is an id/],
  ['a registry with an underscore', 'my_host.com/x', /malformed registry/],
];

for (const [what, text, error] of malformed) {
  test(`parseReference() rejects ${what}`, () => assert.throws(() => parseReference(text), error));
}

test('givenName() fills in what a short name leaves out', () => {
  assert.equal(givenName('web'), 'localhost/web:latest');
  assert.equal(givenName('quay.io/team/web:2'), 'quay.io/team/web:2');
});

test('givenName() refuses a digest: it comes from the content', () => {
  assert.throws(() => givenName(`web@sha256:${'0'.repeat(64)}`), { code: 'usage' });
});
