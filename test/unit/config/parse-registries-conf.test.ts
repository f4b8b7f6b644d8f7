import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRegistriesConf } from '../../../src/config/parse-registries-conf';
import { TspodError } from '../../../src/lib/errors';

function parseText(text: string, options: { isDropIn?: boolean } = {}) {
  const said: string[] = [];
  const log = (level: string, message: string): void => void said.push(`${level}: ${message}`);
  return { file: parseRegistriesConf({ log }, '/f', text, options), said };
}

test('parseRegistriesConf() reads everything that containers-registries.conf(5) has', () => {
  const { file, said } = parseText(`
unqualified-search-registries = ["example.com", "localhost:5000/"]
short-name-mode = "enforcing"
credential-helpers = ["containers-auth.json", "pass"]
[aliases]
"fedora" = "registry.fedoraproject.org/fedora"
"team/app" = "docker.io/team/app"
"gone" = ""
[[registry]]
prefix = "example.com/foo/"
insecure = true
blocked = true
location = "internal.example.com/bar"
[[registry.mirror]]
location = "m0.local/foo"
[[registry.mirror]]
location = "m1.local"
insecure = true
pull-from-mirror = "tag-only"
[[registry]]
location = "registry.com"
mirror-by-digest-only = true
[[registry.mirror]]
location = "m.registry.com"
[[registry]]
prefix = "*.wild.example"
`);
  assert.deepEqual(said, []);
  assert.deepEqual(file.searchRegistries, ['example.com', 'localhost:5000']);
  assert.equal(file.shortNameMode, 'enforcing');
  assert.deepEqual(file.credentialHelpers, ['containers-auth.json', 'pass']);
  assert.deepEqual(
    [...file.aliases].map(([name, { value }]) => [name, value]),
    [
      ['fedora', 'registry.fedoraproject.org/fedora'],
      ['team/app', 'docker.io/team/app'],
      ['gone', ''],
    ],
  );
  const plain = { insecure: false, blocked: false, mirrors: [], origin: '/f' };
  assert.deepEqual(file.registries, [
    {
      ...{ prefix: 'example.com/foo', location: 'internal.example.com/bar', insecure: true, blocked: true },
      mirrors: [
        { location: 'm0.local/foo', insecure: false, use: 'all' },
        { location: 'm1.local', insecure: true, use: 'tag-only' },
      ],
      origin: '/f',
    },
    {
      ...{ ...plain, prefix: 'registry.com', location: 'registry.com' },
      mirrors: [{ location: 'm.registry.com', insecure: false, use: 'digest-only' }],
    },
    { ...plain, prefix: '*.wild.example', location: '' },
  ]);
});

test('parseRegistriesConf() leaves what a file does not say', () => {
  const { file } = parseText('[[registry]]\nlocation = "a.io"\n');
  assert.equal(file.searchRegistries, undefined);
  assert.equal(file.shortNameMode, undefined);
  assert.equal(file.credentialHelpers, undefined);
});

test('parseRegistriesConf() converts version 1', () => {
  const { file } = parseText(`
[registries.search]
registries = ['r1.com', 'r2.com']
[registries.insecure]
registries = ['r3.com']
[registries.block]
registries = ['r4.com', 'r3.com']
`);
  assert.deepEqual(file.searchRegistries, ['r1.com', 'r2.com']);
  assert.deepEqual(
    file.registries.map(({ prefix, insecure, blocked }) => [prefix, insecure, blocked]),
    [
      ['r4.com', false, true],
      ['r3.com', true, true],
    ],
  );
});

test('parseRegistriesConf() tells unknown keys as a warning, and those without effect for debugging', () => {
  const { said } = parseText(`
unqualified-search-registry = ["a.io"]
additional-layer-store-auth-helper = "x"
[[registry]]
location = "a.io"
insecur = true
[[registry.mirror]]
location = "b.io"
blocked = true
`);
  assert.deepEqual(said, [
    'warn: "/f", line 2: unqualified-search-registry is not known, it has no effect',
    'debug: "/f", line 3: additional-layer-store-auth-helper has no effect in tspod',
    'warn: "/f", line 6: registry[0].insecur is not known, it has no effect',
    'warn: "/f", line 9: registry[0].mirror[0].blocked is not known, it has no effect',
  ]);
});

const broken: readonly { name: string; text: string; message: RegExp; isDropIn?: boolean }[] = [
  {
    name: 'text that is not TOML',
    text: 'unqualified-search-registries = ["a"\n[[registry]]\n',
    message: /^reading "\/f", line \d+, column \d+/,
  },
  {
    name: 'a list of search registries that is a string',
    text: '\nunqualified-search-registries = "a.io"',
    message: /^reading "\/f", line 2: unqualified-search-registries must be a list of strings, got "a.io"$/,
  },
  {
    name: 'a search registry with a path',
    text: 'unqualified-search-registries = ["a.io/b"]',
    message: /line 1: unqualified-search-registries must be hosts with or without port, got "a.io\/b"/,
  },
  {
    name: 'a search registry with a scheme',
    text: 'unqualified-search-registries = ["https://a.io"]',
    message: /must be hosts/,
  },
  {
    name: 'an unknown mode',
    text: 'short-name-mode = "strict"',
    message: /line 1: short-name-mode must be one of enforcing, permissive, disabled, got "strict"/,
  },
  {
    name: 'a registry without location',
    text: '[[registry]]\nprefix = "a.io"',
    message: /line 1: registry\[0\]\.location is missing/,
  },
  {
    name: 'a registry with neither prefix nor location',
    text: '[[registry]]\ninsecure = true',
    message: /line 1: registry\[0\] has neither/,
  },
  {
    name: 'a location with a scheme',
    text: '[[registry]]\nlocation = "http://a.io"',
    message: /line 2: registry\[0\]\.location must be written without/,
  },
  {
    name: 'a setting of the wrong type in the second registry',
    text: '[[registry]]\nlocation = "a.io"\n[[registry]]\nlocation = "b.io"\ninsecure = "yes"',
    message: /line 5: registry\[1\]\.insecure must be true or false, got "yes"/,
  },
  {
    name: 'a wildcard in the middle of a path',
    text: '[[registry]]\nprefix = "*.a.io/b"\nlocation = "c.io"',
    message: /line 2: registry\[0\]\.prefix must be written as "\*\.example\.com"/,
  },
  {
    name: 'a mirror without location',
    text: '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\ninsecure = true',
    message: /line 3: registry\[0\]\.mirror\[0\]\.location is missing/,
  },
  {
    name: 'an unknown use of a mirror',
    text: '[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\nlocation = "m"\npull-from-mirror = "never"',
    message: /line 5: registry\[0\]\.mirror\[0\]\.pull-from-mirror must be one of all, digest-only, tag-only/,
  },
  {
    name: 'two words on when a mirror is asked',
    text: '[[registry]]\nlocation = "a.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m"\npull-from-mirror = "all"',
    message: /line 6: .*cannot stand beside mirror-by-digest-only/,
  },
  {
    name: 'pull-from-mirror of a registry',
    text: '[[registry]]\nlocation = "a.io"\npull-from-mirror = "all"',
    message: /line 3: .*belongs into the mirrors/,
  },
  {
    name: 'one location that is insecure here and not there',
    text: '[[registry]]\nlocation = "a.io"\ninsecure = true\n[[registry]]\nprefix = "b.io"\nlocation = "a.io"',
    message: /line 4: registry\[1\]\.insecure contradicts an earlier \[\[registry\]\] of "a.io"/,
  },
  {
    name: 'an alias of a full name',
    text: '[aliases]\n"a.io/x" = "b.io/x"',
    message: /line 2: aliases\."a.io\/x" is no short name/,
  },
  { name: 'an alias with a tag', text: '[aliases]\n"x:1" = "b.io/x"', message: /is no short name/ },
  {
    name: 'an alias for a short name',
    text: '[aliases]\n"x" = "y/x"',
    message: /line 2: aliases\."x" must be a name with a registry, got "y\/x"/,
  },
  {
    name: 'an alias for a name with a tag',
    text: '[aliases]\n"x" = "b.io/x:1"',
    message: /must have neither tag nor digest/,
  },
  {
    name: 'an alias that is no string',
    text: '[aliases]\nx = 1',
    message: /line 2: aliases\.x must be a string/,
  },
  {
    name: 'version 1 beside version 2',
    text: 'unqualified-search-registries = ["a.io"]\n[registries.search]\nregistries = ["b.io"]',
    message: /cannot stand beside "registries" of version 1/,
  },
  {
    name: 'version 1 in a drop-in',
    text: '[registries.search]\nregistries = ["b.io"]',
    message: /drop-ins have to be of version 2/,
    isDropIn: true,
  },
];

for (const { name, text, message, isDropIn = false } of broken) {
  test(`parseRegistriesConf() rejects ${name}, with file and line`, () => {
    assert.throws(
      () => parseText(text, { isDropIn }),
      (error) => error instanceof TspodError && error.code === 'invalid' && message.test(error.message),
    );
  });
}
