import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import test from 'node:test';
import type { Context } from '../../../src/lib/context';
import { createSecret, type SecretRequest } from '../../../src/secret/create-secret';
import { removeSecret } from '../../../src/secret/remove-secret';
import { driverOf } from '../../../src/secret/secret-driver';
import { parseSecretFilters } from '../../../src/secret/secret-filters';
import { findSecret, listSecrets, lookUpSecret } from '../../../src/secret/secret-store';
import { inFolder } from '../../helpers/in-folder';

function withStore(work: (ctx: Context, root: string) => void): void {
  inFolder((root) => {
    work({ env: { PATH: process.env['PATH'] }, paths: { root } } as unknown as Context, root);
  });
}

function request(name: string, given: Partial<SecretRequest> = {}): SecretRequest {
  return { name, data: Buffer.from('data'), labels: {}, driver: 'file', driverOptions: {}, ...given };
}

test('the data of a secret lie in a file that only its owner may read, and not in the list', () =>
  withStore((ctx, root) => {
    const { id } = createSecret(ctx, request('one'));
    assert.match(id, /^[0-9a-f]{25}$/);
    const file = `${root}/secrets/filedriver/${id}`;
    assert.equal(readFileSync(file, 'utf8'), 'data');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(`${root}/secrets`).mode & 0o777, 0o700);
    assert.ok(!readFileSync(`${root}/secrets/secrets.json`, 'utf8').includes('data"'));
  }));

test('a name in use is refused, replaced or left as it is', () =>
  withStore((ctx, root) => {
    const first = createSecret(ctx, request('one'));
    assert.throws(() => createSecret(ctx, request('one')), { message: 'one: secret name in use' });
    assert.equal(createSecret(ctx, request('one', { existing: 'ignore' })).id, first.id);
    const second = createSecret(ctx, request('one', { existing: 'replace', data: Buffer.from('new') }));
    assert.notEqual(second.id, first.id);
    assert.equal(second.created, first.created);
    assert.deepEqual(readdirSync(`${root}/secrets/filedriver`), [second.id]);
  }));

test('a secret is found by its name, its id and the unique beginning of that', () =>
  withStore((ctx) => {
    const one = createSecret(ctx, request('one'));
    createSecret(ctx, request('two'));
    for (const text of ['one', one.id, one.id.slice(0, 12)]) assert.equal(findSecret(ctx, text).id, one.id);
    assert.equal(lookUpSecret(ctx, 'on'), undefined);
    assert.equal(lookUpSecret(ctx, ''), undefined);
    assert.throws(() => findSecret(ctx, 'x'), { message: 'no secret with name or id "x": no such secret' });
  }));

test('names and sizes that a secret may not have are refused, and nothing is made', () =>
  withStore((ctx, root) => {
    for (const name of ['', 'a/b', 'a,b', 'a=b', 'a'.repeat(254)])
      assert.throws(() => createSecret(ctx, request(name)), /invalid secret name$/);
    for (const size of [0, 512_000])
      assert.throws(() => createSecret(ctx, request('a', { data: Buffer.alloc(size) })), {
        message: 'secret data must be larger than 0 and less than 512000 bytes',
      });
    assert.deepEqual(readdirSync(root), []);
    createSecret(ctx, request('a'.repeat(253), { data: Buffer.alloc(511_999) }));
  }));

test('the shell driver hands the data to commands with the id in SECRET_ID', () =>
  withStore((ctx, root) => {
    const at = `${root}/$SECRET_ID`;
    const driverOptions = { list: 'true', lookup: `cat ${at}`, store: `cat >${at}`, delete: `rm ${at}` };
    const secret = createSecret(ctx, request('sh', { driver: 'shell', driverOptions }));
    assert.equal(readFileSync(`${root}/${secret.id}`, 'utf8'), 'data');
    assert.equal(driverOf(ctx, secret).lookUp(secret.id).toString(), 'data');
    assert.equal(removeSecret(ctx, 'sh'), secret.id);
    assert.deepEqual(listSecrets(ctx), []);
    assert.ok(!readdirSync(root).includes(secret.id));
  }));

test('drivers that are not there, and shell drivers without all commands, are refused', () =>
  withStore((ctx) => {
    const make = (driver: string, driverOptions = {}) =>
      createSecret(ctx, request('a', { driver, driverOptions }));
    assert.throws(() => make('nope'), /^TspodError: invalid driver "nope"$/);
    assert.throws(() => make('pass'), { code: 'unsupported' });
    assert.throws(() => make('shell', { list: 'true' }), /missing config value: delete, lookup, store/);
    assert.throws(() => make('shell', { bad: '1' }), /invalid shell driver option: "bad"/);
    const failing = { list: 'true', lookup: 'true', store: 'exit 3', delete: 'true' };
    assert.throws(() => make('shell', failing), /^TspodError: creating secret a: .*exit status 3$/);
    assert.deepEqual(listSecrets(ctx), []);
  }));

test('filters are patterns of names and ids', () =>
  withStore((ctx) => {
    const one = createSecret(ctx, request('one'));
    const two = createSecret(ctx, request('two'));
    const passing = (...texts: string[]) =>
      [one, two].filter(parseSecretFilters(texts)).map(({ name }) => name);
    assert.deepEqual(passing('name=o'), ['one', 'two']);
    assert.deepEqual(passing('name=^o'), ['one']);
    assert.deepEqual(passing(`id=${two.id}`, 'name=o'), ['two']);
    assert.throws(() => parseSecretFilters(['label=a']), { message: 'invalid filter "label"' });
    assert.throws(() => parseSecretFilters(['name=(']), { code: 'usage' });
  }));
