import assert from 'node:assert/strict';
import test from 'node:test';
import { formatReference, parseReference } from '../../../../src/image/name/reference';
import { pullEndpoints, pushEndpoint } from '../../../../src/image/registry/configured-endpoints';
import { resolveShortName } from '../../../../src/image/name/short-name';
import { TspodError } from '../../../../src/lib/errors';
import { inConfigHome } from '../../../helpers/config-home';

const MAIN = '.config/containers/registries.conf';
const DIGEST = `sha256:${'0'.repeat(64)}`;
const two = 'unqualified-search-registries = ["a.io", "docker.io"]\n';

const resolutions: readonly { name: string; conf: string; input: string; made: string[] }[] = [
  { name: 'leaves a full name', conf: two, input: 'b.io/x:1', made: ['b.io/x:1'] },
  { name: 'fills in the tag of a full name', conf: two, input: 'localhost/x', made: ['localhost/x:latest'] },
  {
    name: 'fills in the path of Docker Hub',
    conf: two,
    input: 'docker.io/x',
    made: ['docker.io/library/x:latest'],
  },
  {
    name: 'completes a short name with every search registry',
    conf: two,
    input: 'x:1',
    made: ['a.io/x:1', 'docker.io/library/x:1'],
  },
  {
    name: 'completes a short name with a path',
    conf: two,
    input: 'team/x',
    made: ['a.io/team/x:latest', 'docker.io/team/x:latest'],
  },
  {
    name: 'keeps a digest',
    conf: two,
    input: `x@${DIGEST}`,
    made: [`a.io/x@${DIGEST}`, `docker.io/library/x@${DIGEST}`],
  },
  {
    name: 'takes an alias, with the tag',
    conf: `${two}[aliases]\n"x" = "q.io/other"\n`,
    input: 'x:2',
    made: ['q.io/other:2'],
  },
  {
    name: 'takes an alias of Docker Hub',
    conf: `${two}[aliases]\n"x" = "docker.io/x"\n`,
    input: 'x',
    made: ['docker.io/library/x:latest'],
  },
  {
    name: 'passes over an alias that was taken back',
    conf: `${two}[aliases]\n"x" = ""\n`,
    input: 'x',
    made: ['a.io/x:latest', 'docker.io/library/x:latest'],
  },
  {
    name: 'enforces nothing where there is one search registry',
    conf: 'short-name-mode = "enforcing"\nunqualified-search-registries = ["a.io"]',
    input: 'x',
    made: ['a.io/x:latest'],
  },
  {
    name: 'tries all where the mode is disabled',
    conf: `short-name-mode = "disabled"\n${two}`,
    input: 'x',
    made: ['a.io/x:latest', 'docker.io/library/x:latest'],
  },
];

for (const { name, conf, input, made } of resolutions) {
  test(`resolveShortName() ${name}`, () =>
    inConfigHome(async ({ ctx, write }) => {
      write(MAIN, conf);
      const { references } = await resolveShortName(ctx, parseReference(input));
      assert.deepEqual(references.map(formatReference), made);
    }));
}

test('resolveShortName() says where an alias and the search registries are from', () =>
  inConfigHome(async ({ ctx, write }) => {
    const path = write(MAIN, `${two}[aliases]\n"x" = "q.io/x"\n`);
    const say = async (text: string) => (await resolveShortName(ctx, parseReference(text))).description;
    assert.equal(await say('x:1'), `Resolved "x" as an alias (${path})`);
    assert.equal(await say('y:1'), `Resolving "y" using unqualified-search registries (${path})`);
    assert.equal(await say('q.io/y'), undefined);
  }));

test('resolveShortName() lets the user choose, and records the choice only when it is told to', () =>
  inConfigHome(async ({ ctx, write }) => {
    write(MAIN, `short-name-mode = "enforcing"\n${two}`);
    const asked: string[][] = [];
    const ask = (names: readonly string[]): Promise<string> => {
      asked.push([...names]);
      return Promise.resolve(names[1] ?? '');
    };
    const { references, record } = await resolveShortName({ ...ctx }, parseReference('x:1'), { ask });
    assert.deepEqual(asked, [['a.io/x:1', 'docker.io/library/x:1']]);
    assert.deepEqual(references.map(formatReference), ['docker.io/library/x:1']);
    record();
    const again = await resolveShortName({ ...ctx }, parseReference('x:2'), { ask });
    assert.equal(asked.length, 1);
    assert.deepEqual(again.references.map(formatReference), ['docker.io/library/x:2']);
  }));

test('resolveShortName() fails where the choice is enforced and nobody can be asked', () =>
  inConfigHome(async ({ ctx, write }) => {
    write(MAIN, `short-name-mode = "enforcing"\n${two}`);
    await assert.rejects(
      resolveShortName(ctx, parseReference('x')),
      (error) =>
        error instanceof TspodError &&
        /could be of several/.test(error.message) &&
        /a\.io\/x:latest, /.test(error.hint ?? ''),
    );
  }));

test('resolveShortName() fails where there is neither an alias nor a search registry', () =>
  inConfigHome(async ({ ctx, write }) => {
    const path = write(MAIN, '');
    await assert.rejects(
      resolveShortName(ctx, parseReference('x:1')),
      (error) =>
        error instanceof TspodError &&
        error.message ===
          `short name "x:1" did not resolve to an alias and no unqualified-search-registries are defined in "${path}"` &&
        /docker\.io\/library\/x:1/.test(error.hint ?? ''),
    );
  }));

test('resolveShortName() keeps the part with capitals in the name that it proposes', () =>
  inConfigHome(async ({ ctx, write }) => {
    write(MAIN, '');
    await assert.rejects(resolveShortName(ctx, parseReference('UPPER/x')), {
      hint: /"docker.io\/upper\/x:latest"/,
    });
  }));

const endpoints = `
[[registry]]
prefix = "a.io/foo"
location = "in.local/bar"
insecure = true
[[registry.mirror]]
location = "m0.local/foo"
pull-from-mirror = "digest-only"
[[registry.mirror]]
location = "m1.local"
insecure = true
pull-from-mirror = "tag-only"
[[registry.mirror]]
location = "m2.local/x"
[[registry]]
location = "b.io"
mirror-by-digest-only = true
[[registry.mirror]]
location = "bm.local"
[[registry]]
location = "bad.io"
blocked = true
[[registry]]
prefix = "*.wild.io"
insecure = true
[[registry]]
location = "d.io"
[[registry.mirror]]
location = "bad.io/d"
[[registry.mirror]]
location = "dm.local"
`;

const pulls: readonly { input: string; made: string[] }[] = [
  { input: 'c.io/x:1', made: ['c.io/x:1'] },
  {
    input: 'a.io/foo/i:1',
    made: ['m1.local/i:1 insecure mirror', 'm2.local/x/i:1 mirror', 'in.local/bar/i:1 insecure'],
  },
  {
    input: `a.io/foo/i@${DIGEST}`,
    made: [
      `m0.local/foo/i@${DIGEST} mirror`,
      `m2.local/x/i@${DIGEST} mirror`,
      `in.local/bar/i@${DIGEST} insecure`,
    ],
  },
  { input: 'b.io/x', made: ['b.io/x:latest'] },
  { input: `b.io/x@${DIGEST}`, made: [`bm.local/x@${DIGEST} mirror`, `b.io/x@${DIGEST}`] },
  { input: 'd.io/x:1', made: ['dm.local/x:1 mirror', 'd.io/x:1'] },
  { input: 'x.wild.io:5000/y:1', made: ['x.wild.io:5000/y:1 insecure'] },
];

for (const { input, made } of pulls) {
  test(`pullEndpoints() of ${input.slice(0, 30)} are ${made.length}`, () =>
    inConfigHome(({ ctx, write }) => {
      write(MAIN, endpoints);
      const found = pullEndpoints(ctx, parseReference(input));
      const told = found.map(
        ({ reference, insecure, isMirror }) =>
          `${formatReference(reference)}${insecure ? ' insecure' : ''}${isMirror ? ' mirror' : ''}`,
      );
      assert.deepEqual(told, made);
    }));
}

test('pullEndpoints() and pushEndpoint() refuse a blocked registry, and say who blocks it', () =>
  inConfigHome(({ ctx, write }) => {
    const path = write(MAIN, endpoints);
    for (const ask of [pullEndpoints, pushEndpoint]) {
      assert.throws(
        () => ask(ctx, parseReference('bad.io/x')),
        (error) => error instanceof TspodError && error.code === 'denied' && error.message.includes(path),
      );
    }
  }));

test('pushEndpoint() is the registry itself: mirrors and locations are for pulls', () =>
  inConfigHome(({ ctx, write }) => {
    write(MAIN, endpoints);
    const { reference, insecure } = pushEndpoint(ctx, parseReference('a.io/foo/i:1'));
    assert.equal(formatReference(reference), 'a.io/foo/i:1');
    assert.equal(insecure, true);
  }));

test('pullEndpoints() says which location makes a wrong name', () =>
  inConfigHome(({ ctx, write }) => {
    write(
      MAIN,
      '[[registry]]\nprefix = "a.io"\nlocation = "UPPER/x"\n[[registry.mirror]]\nlocation = "m.io/BAD"\n',
    );
    assert.throws(
      () => pullEndpoints(ctx, parseReference('a.io/i:1')),
      /by the location "m.io\/BAD", which is no image name/,
    );
  }));
