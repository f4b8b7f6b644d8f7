import assert from 'node:assert/strict';
import { readFileSync, statSync, symlinkSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { authFilesToRead, requireAuthFile } from '../../../src/config/auth-file-paths';
import { findCredentials } from '../../../src/config/credentials';
import {
  removeAllCredentials,
  removeCredentials,
  storeCredentials,
} from '../../../src/config/store-credentials';
import { inConfigHome } from '../../helpers/config-home';
import type { ConfigHome } from '../../helpers/config-home';

const auth = (text: string): string => Buffer.from(text).toString('base64');
const RUNTIME = 'containers/auth.json';
const file = (auths: Record<string, string>, more: object = {}): string =>
  JSON.stringify({
    auths: Object.fromEntries(Object.entries(auths).map(([key, text]) => [key, { auth: auth(text) }])),
    ...more,
  });

/** A helper that keeps its credentials in a file below `home`, as docker-credential-NAME does. */
const HELPER = `#!/bin/sh
store=STORE; mkdir -p "$store"
name() { printf '%s' "$1" | tr '/:' '__'; }
case $1 in
get) server=$(cat); f=$store/$(name "$server"); [ -e "$f" ] && cat "$f" || { echo 'credentials not found in native keychain'; exit 1; } ;;
store) json=$(cat); server=$(printf '%s' "$json" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/'); printf '%s' "$json" > "$store/$(name "$server")" ;;
erase) server=$(cat); rm "$store/$(name "$server")" ;;
list) printf '{'; sep=; for f in "$store"/*; do [ -e "$f" ] || continue; printf '%s"%s":"u"' "$sep" "$(sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/' "$f")"; sep=,; done; printf '}' ;;
esac
`;

/** The environment in which the helpers of `bin` are found. */
const withHelpers = (home: string): Record<string, string> => ({
  PATH: `${home}/bin:${process.env['PATH']}`,
});

function installHelper({ write, home }: ConfigHome, name: string): string {
  write(`bin/docker-credential-${name}`, HELPER.replace('STORE', `${home}/store-${name}`), 0o755);
  return `${home}/store-${name}`;
}

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

test('findCredentials() asks the helper of credHelpers for the host', () =>
  inConfigHome(async (at) => {
    const store = installHelper(at, 'one');
    at.write(`${store}/a.io_5000`, '{"ServerURL":"a.io:5000","Username":"h","Secret":"s"}');
    at.write(RUNTIME, file({ 'a.io:5000/x': 'u:p' }, { credHelpers: { 'a.io:5000': 'one' } }));
    assert.deepEqual(await findCredentials(at.ctx, 'a.io:5000/x'), { username: 'h', password: 's' });
  }, withHelpers));

test('findCredentials() asks the helper of credsStore where no entry has credentials, for Docker Hub by its URL', () =>
  inConfigHome(async (at) => {
    const store = installHelper(at, 'all');
    at.write(`${store}/https___index.docker.io_v1_`, '{"Username":"<token>","Secret":"T"}');
    at.write(`${store}/a.io`, '{"Username":"a","Secret":"s"}');
    at.write('.docker/config.json', JSON.stringify({ auths: { 'a.io': {} }, credsStore: 'all' }));
    assert.equal((await findCredentials(at.ctx, 'docker.io/library/x'))?.identityToken, 'T');
    assert.equal((await findCredentials(at.ctx, 'a.io'))?.username, 'a');
    assert.equal(await findCredentials(at.ctx, 'b.io'), undefined);
  }, withHelpers));

test('findCredentials() goes on with a warning where the helper of credsStore is missing', () =>
  inConfigHome(async ({ ctx, write, said }) => {
    write('.docker/config.json', '{"credsStore":"nosuch"}');
    assert.equal(await findCredentials(ctx, 'a.io'), undefined);
    assert.match(said.join('\n'), /^warn: .*"docker-credential-nosuch" was not found/);
  }));

test('findCredentials() fails where a helper that is named for the registry is missing or fails', () =>
  inConfigHome(async ({ ctx, write }) => {
    write(RUNTIME, '{"credHelpers":{"a.io":"nosuch","b.io":"bad","c.io":"../x","d.io":"odd"}}');
    write('bin/docker-credential-bad', '#!/bin/sh\necho "the keyring is locked"; exit 3\n', 0o755);
    write('bin/docker-credential-odd', '#!/bin/sh\necho "[s3cret"\n', 0o755);
    await assert.rejects(findCredentials(ctx, 'a.io'), /"docker-credential-nosuch" was not found/);
    await assert.rejects(
      findCredentials(ctx, 'b.io'),
      /docker-credential-bad to get .*: it ended with 3: the keyring is locked/,
    );
    await assert.rejects(findCredentials(ctx, 'c.io'), /no name of a credential helper/);
    await assert.rejects(findCredentials(ctx, 'd.io'), /an answer of 7 characters that makes no sense/);
  }, withHelpers));

test('the credential helpers of registries.conf are asked in order, and the first takes new credentials', () =>
  inConfigHome(async (at) => {
    installHelper(at, 'first');
    at.write('.config/containers/registries.conf', 'credential-helpers = ["first", "containers-auth.json"]');
    at.write(RUNTIME, file({ 'b.io': 'file:1' }));
    assert.equal(
      await storeCredentials(at.ctx, 'a.io', { username: 'u', password: 'p' }),
      'credential helper: first',
    );
    assert.deepEqual(await findCredentials(at.ctx, 'a.io/x'), { username: 'u', password: 'p' });
    assert.equal((await findCredentials(at.ctx, 'b.io'))?.username, 'file');
    assert.equal(await removeCredentials(at.ctx, 'a.io'), true);
    assert.equal(await removeCredentials(at.ctx, 'a.io'), false);
    await storeCredentials(at.ctx, 'c.io', { username: 'u', password: 'p' });
    await removeAllCredentials(at.ctx);
    assert.deepEqual(readdirSync(join(at.home, 'store-first')), []);
    assert.equal(await findCredentials(at.ctx, 'b.io'), undefined);
  }, withHelpers));

test('storeCredentials() makes the file with mode 0600, keeps what it does not know, and keeps a symbolic link', () =>
  inConfigHome(async ({ ctx, home, write }) => {
    const place = await storeCredentials(ctx, 'a.io/x', { username: 'u', password: 'p:q' });
    assert.equal(place, join(home, RUNTIME));
    assert.equal(statSync(place).mode & 0o777, 0o600);
    assert.equal(statSync(join(home, 'containers')).mode & 0o777, 0o700);
    assert.equal(
      readFileSync(place, 'utf8'),
      `{\n\t"auths": {\n\t\t"a.io/x": {\n\t\t\t"auth": "${auth('u:p:q')}"\n\t\t}\n\t}\n}`,
    );
    const real = write(
      'dotfiles/config.json',
      '{"HttpHeaders":{"a":"b"},"auths":{"z.io":{"auth":"","email":"e"}}}',
    );
    symlinkSync(real, join(home, 'link.json'));
    await storeCredentials(
      ctx,
      'b.io',
      { username: 'u', password: 'p' },
      { authFile: join(home, 'link.json') },
    );
    assert.ok(lstatSync(join(home, 'link.json')).isSymbolicLink());
    const written = JSON.parse(readFileSync(real, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(written, {
      auths: { 'b.io': { auth: auth('u:p') }, 'z.io': { auth: '', email: 'e' } },
      HttpHeaders: { a: 'b' },
    });
    assert.deepEqual(readdirSync(join(home, 'dotfiles')), ['config.json']);
  }));

test("storeCredentials() writes Docker's format: Docker Hub by its URL, no paths, its helper for everything", () =>
  inConfigHome(async (at) => {
    const compatAuthFile = join(at.home, 'docker.json');
    const credentials = { username: 'u', password: 'p' };
    await storeCredentials(at.ctx, 'docker.io', credentials, { compatAuthFile });
    assert.deepEqual(
      Object.keys((JSON.parse(readFileSync(compatAuthFile, 'utf8')) as { auths: object }).auths),
      ['https://index.docker.io/v1/'],
    );
    assert.equal((await findCredentials(at.ctx, 'docker.io', { compatAuthFile }))?.username, 'u');
    assert.equal(await removeCredentials(at.ctx, 'docker.io', { compatAuthFile }), true);
    await assert.rejects(
      storeCredentials(at.ctx, 'a.io/x', credentials, { compatAuthFile }),
      /cannot be recorded in Docker-compatible format with namespaced key "a.io\/x"/,
    );
  }));

test('removeCredentials() removes the entry of this very key', () =>
  inConfigHome(async ({ ctx, write }) => {
    write(RUNTIME, file({ 'a.io': 'u:p', 'a.io/x': 'x:p', 'index.docker.io': 'd:p' }));
    assert.equal(await removeCredentials(ctx, 'a.io/y'), false);
    assert.equal(await removeCredentials(ctx, 'a.io/x'), true);
    assert.equal((await findCredentials(ctx, 'a.io/x'))?.username, 'u');
    assert.equal(await removeCredentials(ctx, 'docker.io'), true);
  }));
