import assert from 'node:assert/strict';
import { lstatSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
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
