import assert from 'node:assert/strict';
import test from 'node:test';
import { checkPolicy, findRequirements } from '../../../src/config/policy';
import { parsePolicy, refuseRepeatedKey } from '../../../src/config/policy-file';
import { TspodError } from '../../../src/lib/errors';
import { inConfigHome } from '../../helpers/config-home';

const accept = [{ type: 'insecureAcceptAnything' }];
const reject = [{ type: 'reject' }];
const signed = [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k' }];

/** Every scope rejects, so that the one that is found can be told. */
const scopesOf = (...scopes: string[]): Record<string, typeof reject> =>
  Object.fromEntries(scopes.map((scope) => [scope, reject]));

const lookups: readonly { transport?: string; identity: string; scopes: string[]; found: string }[] = [
  { identity: 'a.b.io/x/y:1', scopes: ['a.b.io/x/y:1', 'a.b.io/x/y', ''], found: 'a.b.io/x/y:1' },
  { identity: 'a.b.io/x/y:1', scopes: ['a.b.io/x/y:2', 'a.b.io/x/y', ''], found: 'a.b.io/x/y' },
  { identity: 'a.b.io/x/y:1', scopes: ['a.b.io/x', 'a.b.io', '*.b.io'], found: 'a.b.io/x' },
  { identity: 'a.b.io/x/y:1', scopes: ['a.b.io', '*.b.io', '*.io'], found: 'a.b.io' },
  { identity: 'a.b.io/x/y:1', scopes: ['*.b.io', '*.io', ''], found: '*.b.io' },
  { identity: 'a.b.io/x/y:1', scopes: ['*.io', ''], found: '*.io' },
  { identity: 'a.b.io/x/y:1', scopes: ['*.a.b.io', 'b.io', ''], found: '' },
  { identity: 'a.b.io:5000/x:1', scopes: ['a.b.io', 'a.b.io:5000'], found: 'a.b.io:5000' },
  { identity: 'a.b.io:5000/x:1', scopes: ['a.b.io', '*.b.io'], found: '*.b.io' },
  { identity: 'localhost:5000/x:1', scopes: ['localhost', ''], found: '' },
  { identity: 'localhost:5000/x', scopes: ['localhost:5000'], found: 'localhost:5000' },
  { identity: 'a.io/x@sha256:00', scopes: ['a.io/x@sha256:00', 'a.io/x'], found: 'a.io/x@sha256:00' },
  { identity: 'a.io/x@sha256:00', scopes: ['a.io/x:latest', 'a.io/x'], found: 'a.io/x' },
  {
    identity: 'docker.io/library/b:1',
    scopes: ['docker.io/library', 'docker.io'],
    found: 'docker.io/library',
  },
  { transport: 'oci', identity: '/a/b/c', scopes: ['/a/b', '/a'], found: '/a/b' },
  { transport: 'dir', identity: '/a/b/c', scopes: ['/b', ''], found: '' },
  { transport: 'docker-archive', identity: '', scopes: [''], found: '' },
];

for (const { transport = 'docker', identity, scopes, found } of lookups) {
  test(`findRequirements() takes scope "${found}" of ${JSON.stringify(scopes)} for ${transport}:${identity}`, () => {
    const content = { default: accept, transports: { [transport]: scopesOf(...scopes) } };
    const { where } = findRequirements(parsePolicy('/p', content), transport, identity);
    assert.equal(where, `transports["${transport}"]["${found}"]`);
  });
}

test('findRequirements() takes the default where no scope fits, or the transport is not there', () => {
  const policy = parsePolicy('/p', { default: accept, transports: { docker: scopesOf('a.io') } });
  assert.equal(findRequirements(policy, 'docker', 'b.io/x:1').where, 'default');
  assert.equal(findRequirements(policy, 'oci', '/a').where, 'default');
});

test('refuseRepeatedKey() finds a key that stands twice in one object, and only there', () => {
  refuseRepeatedKey('/p', '{"a":{"a":"b:{","b":"\\\\"},"b":[{"a":1},{"a":"a"}]}');
  assert.throws(
    () => refuseRepeatedKey('/p', '{"a":1,"b":{"c":"}","c":2}}'),
    /the key "c" twice in one object/,
  );
});

const broken: readonly { name: string; content: unknown; message: RegExp }[] = [
  { name: 'without default', content: {}, message: /default is missing/ },
  { name: 'that is a list', content: [], message: /it must be an object/ },
  {
    name: 'with an unknown key',
    content: { default: accept, transport: {} },
    message: /unknown key "transport"/,
  },
  {
    name: 'with an empty list',
    content: { default: [] },
    message: /default must be a list that is not empty/,
  },
  {
    name: 'with an unknown type',
    content: { default: [{ type: 'acceptAnything' }] },
    message: /default\[0\]\.type is not known: "acceptAnything"/,
  },
  {
    name: 'with an unknown key of a requirement',
    content: { default: [{ type: 'reject', why: 'x' }] },
    message: /default\[0\] has the unknown key "why"/,
  },
  {
    name: 'with a scope that is no list',
    content: { default: accept, transports: { docker: { 'a.io': {} } } },
    message: /transports\["docker"\]\["a.io"\] must be a list/,
  },
];

for (const { name, content, message } of broken) {
  test(`parsePolicy() rejects a policy ${name}`, () => {
    assert.throws(() => parsePolicy('/p', content), message);
  });
}

const verdicts: readonly {
  name: string;
  requirements: unknown;
  code: string | undefined;
  message?: RegExp;
}[] = [
  { name: 'accepts what insecureAcceptAnything lets in', requirements: accept, code: undefined },
  {
    name: 'rejects what reject keeps out',
    requirements: reject,
    code: 'denied',
    message: /docker:a.io\/x:1 is rejected by policy/,
  },
  { name: 'wants every requirement to be met', requirements: [...accept, ...reject], code: 'denied' },
  {
    name: 'refuses signedBy by name',
    requirements: signed,
    code: 'unsupported',
    message: /default asks for signedBy, and tspod verifies no signatures/,
  },
  {
    name: 'refuses sigstoreSigned by name',
    requirements: [{ type: 'sigstoreSigned', keyPath: '/k' }],
    code: 'unsupported',
    message: /sigstoreSigned/,
  },
];

for (const { name, requirements, code, message = /./ } of verdicts) {
  test(`checkPolicy() ${name}`, () =>
    inConfigHome(({ ctx, write }) => {
      write('.config/containers/policy.json', JSON.stringify({ default: requirements }));
      const check = (): void => checkPolicy(ctx, 'docker', 'a.io/x:1');
      if (code === undefined) return check();
      assert.throws(
        check,
        (error) => error instanceof TspodError && error.code === code && message.test(error.message),
      );
    }));
}

test('checkPolicy() reads the file that it is told to, which has to exist', () =>
  inConfigHome(({ ctx, write }) => {
    write('.config/containers/policy.json', JSON.stringify({ default: reject }));
    const file = write('p.json', JSON.stringify({ default: accept }));
    checkPolicy(ctx, 'docker', 'a.io/x:1', { file });
    assert.throws(
      () => checkPolicy(ctx, 'docker', 'a.io/x:1', { file: '/nowhere' }),
      /"\/nowhere" does not exist/,
    );
  }));
