import assert from 'node:assert/strict';
import test from 'node:test';
import { findCertificates } from '../../../src/config/certs-d';
import { inConfigHome } from '../../helpers/config-home';

const OWN = '.config/containers/certs.d';

test("findCertificates() reads authorities and pairs of the user's folder for the host and port", () =>
  inConfigHome(({ ctx, write }) => {
    write(`${OWN}/a.io:5000/ca.crt`, 'CA');
    write(`${OWN}/a.io:5000/other.crt`, 'OTHER');
    write(`${OWN}/a.io:5000/client.cert`, 'CERT');
    write(`${OWN}/a.io:5000/client.key`, 'KEY');
    write(`${OWN}/a.io:5000/README`, 'nothing');
    const { authorities, clients } = findCertificates(ctx, 'a.io:5000');
    assert.deepEqual(authorities.map(String), ['CA', 'OTHER']);
    assert.deepEqual(
      clients.map(({ certificate, key }) => [String(certificate), String(key)]),
      [['CERT', 'KEY']],
    );
  }));

test('findCertificates() finds nothing for another port', () =>
  inConfigHome(({ ctx, write }) => {
    write(`${OWN}/a.io:5000/ca.crt`, 'CA');
    assert.deepEqual(findCertificates(ctx, 'a.io'), { authorities: [], clients: [] });
  }));

test('findCertificates() reads the folder of --cert-dir alone, as it is', () =>
  inConfigHome(({ ctx, write, home }) => {
    write(`${OWN}/a.io/ca.crt`, 'CA');
    write('mine/ca.crt', 'MINE');
    assert.deepEqual(findCertificates(ctx, 'a.io', `${home}/mine`).authorities.map(String), ['MINE']);
    assert.deepEqual(findCertificates(ctx, 'a.io', `${home}/nowhere`).authorities, []);
  }));

for (const [there, missing] of [
  ['client.cert', 'client.key'],
  ['client.key', 'client.cert'],
] as const) {
  test(`findCertificates() rejects ${there} without ${missing}`, () =>
    inConfigHome(({ ctx, write }) => {
      write(`${OWN}/a.io/${there}`, 'X');
      assert.throws(
        () => findCertificates(ctx, 'a.io'),
        new RegExp(`/a.io/${there}" has no "${missing}" beside it`),
      );
    }));
}
