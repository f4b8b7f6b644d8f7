import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { authFilesToRead, requireAuthFile } from '../../../src/config/auth-file-paths';
import { findCredentials } from '../../../src/config/credentials';
import { storeCredentials } from '../../../src/config/store-credentials';
import { inConfigHome } from '../../helpers/config-home';

const auth = (text: string): string => Buffer.from(text).toString('base64');
const RUNTIME = 'containers/auth.json';
const file = (auths: Record<string, string>, more: object = {}): string =>
  JSON.stringify({
    auths: Object.fromEntries(Object.entries(auths).map(([key, text]) => [key, { auth: auth(text) }])),
    ...more,
  });

interface Lookup {
  name: string;
  files: Record<string, string>;
  key: string;
  /** `user:password`; undefined where there are none. */
  found: string | undefined;
}

const lookups: readonly Lookup[] = [
  {
    name: 'an entry of the host',
    files: { [RUNTIME]: file({ 'a.io': 'u:p' }) },
    key: 'a.io/x/y',
    found: 'u:p',
  },
  {
    name: 'the entry of the longest path',
    files: { [RUNTIME]: file({ 'a.io': 'host:1', 'a.io/x': 'x:2', 'a.io/x/y': 'y:3' }) },
    key: 'a.io/x/z',
    found: 'x:2',
  },
  {
    name: 'no entry of a path that only begins alike',
    files: { [RUNTIME]: file({ 'a.io/x': 'x:2' }) },
    key: 'a.io/xy',
    found: undefined,
  },
  {
    name: 'no entry of another port',
    files: { [RUNTIME]: file({ 'a.io:1': 'u:p' }) },
    key: 'a.io',
    found: undefined,
  },
  {
    name: 'the runtime file before that of the configuration',
    files: {
      [RUNTIME]: file({ 'a.io': 'one:1' }),
      '.config/containers/auth.json': file({ 'a.io': 'two:2' }),
    },
    key: 'a.io',
    found: 'one:1',
  },
  {
    name: 'the file of the configuration before that of Docker',
    files: {
      '.config/containers/auth.json': file({ 'a.io': 'two:2' }),
      '.docker/config.json': file({ 'a.io': 'three:3' }),
    },
    key: 'a.io',
    found: 'two:2',
  },
  {
    name: 'the file of Docker',
    files: { [RUNTIME]: file({ 'b.io': 'u:p' }), '.docker/config.json': file({ 'a.io': 'three:3' }) },
    key: 'a.io',
    found: 'three:3',
  },
  {
    name: 'the oldest file of Docker, by URL',
    files: { '.dockercfg': JSON.stringify({ 'https://a.io/v1/': { auth: auth('old:4'), email: 'e' } }) },
    key: 'a.io/x',
    found: 'old:4',
  },
  {
    name: 'an entry of an URL',
    files: { [RUNTIME]: file({ 'https://a.io:5000/v1/': 'u:p' }) },
    key: 'a.io:5000/x',
    found: 'u:p',
  },
  {
    name: 'Docker Hub as Docker writes it',
    files: { [RUNTIME]: file({ 'https://index.docker.io/v1/': 'hub:5' }) },
    key: 'docker.io/library/busybox',
    found: 'hub:5',
  },
  {
    name: 'Docker Hub by its own name',
    files: { [RUNTIME]: file({ 'docker.io': 'hub:6' }) },
    key: 'docker.io/library/busybox',
    found: 'hub:6',
  },
  {
    name: 'a password with colons and spaces',
    files: { [RUNTIME]: file({ 'a.io': 'u:p:q r' }) },
    key: 'a.io',
    found: 'u:p:q r',
  },
  {
    name: 'an empty entry, passed over for the next file',
    files: { [RUNTIME]: '{"auths":{"a.io":{}}}', '.docker/config.json': file({ 'a.io': 'u:p' }) },
    key: 'a.io',
    found: 'u:p',
  },
  { name: 'an empty file', files: { [RUNTIME]: '' }, key: 'a.io', found: undefined },
  { name: 'nothing without any file', files: {}, key: 'a.io', found: undefined },
  {
    name: 'nothing in what is null',
    files: { [RUNTIME]: '{"auths":{"a.io":null,"b.io":{"auth":null}},"credHelpers":null,"credsStore":null}' },
    key: 'a.io',
    found: undefined,
  },
];

for (const { name, files, key, found } of lookups) {
  test(`findCredentials() finds ${name}`, () =>
    inConfigHome(async ({ ctx, write }) => {
      for (const [path, text] of Object.entries(files)) write(path, text);
      const credentials = await findCredentials(ctx, key);
      assert.equal(credentials && `${credentials.username}:${credentials.password}`, found);
    }));
}

const brokenFiles: readonly { name: string; text: string; message: RegExp }[] = [
  { name: 'that is no JSON', text: '{"auths":{"a.io":{"auth":secret}}}', message: /the text.* must be JSON/ },
  { name: 'that ends early', text: '{"auths":{"a.io":{"auth":"secret', message: /the text.* must be JSON/ },
  { name: 'that is a list', text: '[]', message: /it must be an object/ },
  { name: 'whose auths are a list', text: '{"auths":[]}', message: /auths must be an object/ },
  {
    name: 'with a number as entry',
    text: '{"auths":{"a.io":1}}',
    message: /auths\["a.io"\] must be an object/,
  },
  {
    name: 'with a number as auth',
    text: '{"auths":{"a.io":{"auth":1}}}',
    message: /\.auth must be a string/,
  },
  {
    name: 'with an auth that is no base64',
    text: '{"auths":{"a.io":{"auth":"s=cret"}}}',
    message: /is no base64/,
  },
  { name: 'with a list of helpers', text: '{"credHelpers":[]}', message: /credHelpers must be an object/ },
];

for (const { name, text, message } of brokenFiles) {
  test(`findCredentials() rejects a file ${name}, and shows no secret`, () =>
    inConfigHome(async ({ ctx, write }) => {
      write(RUNTIME, text);
      await assert.rejects(findCredentials(ctx, 'a.io'), (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /cret/);
        return true;
      });
    }));
}

test('findCredentials() reads an identity token', () =>
  inConfigHome(async ({ ctx, write }) => {
    write(RUNTIME, JSON.stringify({ auths: { 'a.io': { auth: auth('u:'), identitytoken: 'T' } } }));
    assert.deepEqual(await findCredentials(ctx, 'a.io'), { username: 'u', password: '', identityToken: 'T' });
  }));

test('findCredentials() reads the file of --authfile, REGISTRY_AUTH_FILE or DOCKER_CONFIG alone, in this order', () =>
  inConfigHome(async ({ ctx, write, home }) => {
    write(RUNTIME, file({ 'a.io': 'runtime:1' }));
    const own = write('own.json', file({ 'b.io': 'own:1' }));
    const variable = write('variable.json', file({ 'b.io': 'variable:1' }));
    write('dc/config.json', file({ 'b.io': 'docker:1' }));
    const docker = { ...ctx, env: { ...ctx.env, DOCKER_CONFIG: join(home, 'dc') } };
    const both = { ...ctx, env: { ...docker.env, REGISTRY_AUTH_FILE: variable } };
    const userOf = async (where: typeof ctx, options = {}) =>
      (await findCredentials(where, 'b.io', options))?.username;
    assert.equal(await userOf(both, { authFile: own }), 'own');
    assert.equal(await userOf(both), 'variable');
    assert.equal(await userOf(docker), 'docker');
    assert.equal(await findCredentials(docker, 'a.io'), undefined);
    assert.throws(() => authFilesToRead(ctx, { authFile: 'a', compatAuthFile: 'b' }), /at the same time/);
    assert.throws(() => requireAuthFile({ authFile: '/nowhere' }), /not accessible: "\/nowhere"/);
  }));

test('findCredentials() tells that the runtime directory is missing, and reads the other files', () =>
  inConfigHome(
    async ({ ctx, write, said }) => {
      write('.config/containers/auth.json', file({ 'a.io': 'u:p' }));
      assert.equal((await findCredentials(ctx, 'a.io'))?.username, 'u');
      assert.match(said.join('\n'), /^warn: the directory "\/nowhere\/run"/);
      await assert.rejects(storeCredentials(ctx, 'a.io', { username: 'u', password: 'p' }), /does not exist/);
    },
    () => ({ XDG_RUNTIME_DIR: '/nowhere/run' }),
  ));
