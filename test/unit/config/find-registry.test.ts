import assert from 'node:assert/strict';
import test from 'node:test';
import { findRegistry, matchedLength, rewriteName } from '../../../src/config/find-registry';
import { mergeRegistriesConf } from '../../../src/config/registries-conf';
import type { RegistryEntry } from '../../../src/config/registries-conf-types';

const entry = (prefix: string, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  ...{ prefix, location: prefix, insecure: false, blocked: false, mirrors: [], origin: 'f' },
  ...more,
});

const matches: readonly [name: string, prefix: string, fits: boolean][] = [
  ['a.io/b', 'a.io', true],
  ['a.io', 'a.io', true],
  ['a.io:5000/b', 'a.io', true],
  ['a.io:5000/b', 'a.io:5000', true],
  ['a.io:50001/b', 'a.io:5000', false],
  ['a.iox/b', 'a.io', false],
  ['a.io/b', 'a.io/b', true],
  ['a.io/b:t', 'a.io/b', true],
  ['a.io/b:t', 'a.io/b:t', true],
  ['a.io/b:tt', 'a.io/b:t', false],
  ['a.io/b@sha256:0', 'a.io/b', true],
  ['a.io/bc', 'a.io/b', false],
  ['a.io', 'a.io/b', false],
  ['b.a.io/x', '*.a.io', true],
  ['c.b.a.io/x', '*.a.io', true],
  ['b.a.io:5000/x', '*.a.io', true],
  ['a.io/x', '*.a.io', false],
  ['b.a.iox/x', '*.a.io', false],
  ['other.io/b.a.io', '*.a.io', false],
  ['b.a.io', '*.a.io', true],
];

for (const [name, prefix, fits] of matches) {
  test(`matchedLength() says that "${prefix}" ${fits ? 'fits' : 'does not fit'} "${name}"`, () => {
    assert.equal(matchedLength(name, prefix) >= 0, fits);
  });
}

const rewrites: readonly [name: string, prefix: string, location: string, made: string][] = [
  ['a.io/foo/img:1', 'a.io/foo', 'in.local/bar', 'in.local/bar/img:1'],
  ['a.io/foo@sha256:1', 'a.io', 'b.io:5000/x', 'b.io:5000/x/foo@sha256:1'],
  ['x.a.io/foo:1', '*.a.io', '', 'x.a.io/foo:1'],
  ['x.a.io/foo:1', '*.a.io', 'm.io/n', 'm.io/n/foo:1'],
  ['a.io/foo:1', 'a.io/foo', 'a.io/foo', 'a.io/foo:1'],
  ['other.io/foo:1', 'a.io', 'b.io', 'other.io/foo:1'],
];

for (const [name, prefix, location, made] of rewrites) {
  test(`rewriteName() makes "${made}" of "${name}" with prefix "${prefix}" at "${location}"`, () => {
    assert.equal(rewriteName(name, prefix, location), made);
  });
}

test('findRegistry() takes the longest prefix that fits', () => {
  const registries = ['a.io', 'a.io/b', '*.io', 'a.io/b/c'].map((prefix) => entry(prefix));
  const conf = mergeRegistriesConf([{ path: 'f', aliases: new Map(), registries }]);
  assert.equal(findRegistry(conf, 'a.io/b/d:1')?.prefix, 'a.io/b');
  assert.equal(findRegistry(conf, 'a.io/b/c:1')?.prefix, 'a.io/b/c');
  assert.equal(findRegistry(conf, 'z.io/b')?.prefix, '*.io');
  assert.equal(findRegistry(conf, 'z.com/b'), undefined);
});

test('mergeRegistriesConf() replaces lists, and entries of the same prefix, by those of later files', () => {
  const conf = mergeRegistriesConf([
    {
      ...{ path: 'a', searchRegistries: ['x.io'], shortNameMode: 'enforcing', credentialHelpers: ['k'] },
      aliases: new Map([
        ['one', { value: 'a.io/one', origin: 'a' }],
        ['two', { value: 'a.io/two', origin: 'a' }],
      ]),
      registries: [entry('a.io', { blocked: true, origin: 'a' }), entry('b.io', { origin: 'a' })],
    },
    { path: 'b', aliases: new Map(), registries: [] },
    {
      ...{ path: 'c', searchRegistries: [] },
      aliases: new Map([['one', { value: '', origin: 'c' }]]),
      registries: [entry('a.io', { origin: 'c' })],
    },
  ]);
  assert.deepEqual(conf.searchRegistries, []);
  assert.equal(conf.searchOrigin, 'c');
  assert.equal(conf.shortNameMode, 'enforcing');
  assert.deepEqual(conf.credentialHelpers, ['k']);
  assert.deepEqual(
    conf.registries.map(({ prefix, blocked, origin }) => `${prefix} ${blocked} ${origin}`),
    ['b.io false a', 'a.io false c'],
  );
  assert.equal(conf.aliases.get('one')?.value, '');
  assert.equal(conf.aliases.get('two')?.value, 'a.io/two');
});

test('mergeRegistriesConf() of nothing searches nowhere, is permissive, and reads the files of credentials', () => {
  const conf = mergeRegistriesConf([]);
  assert.deepEqual(conf.searchRegistries, []);
  assert.equal(conf.searchOrigin, undefined);
  assert.equal(conf.shortNameMode, 'permissive');
  assert.deepEqual(conf.credentialHelpers, ['containers-auth.json']);
});
