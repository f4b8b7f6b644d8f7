import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import test from 'node:test';
import { hostAddress } from '../../../src/network/host-address';
import { interfaceAddress } from '../../../src/sys/interface-address';

const addresses = Object.values(networkInterfaces())
  .flatMap((entries) => entries ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address);

test('hostAddress() is an address of this machine that is not loopback, where there is one', () => {
  const address = hostAddress();
  if (addresses.length === 0) assert.equal(address, undefined);
  else assert.ok(addresses.includes(address ?? ''), `${address} is none of ${addresses.join(', ')}`);
});

test('interfaceAddress() knows the address of an interface, and none of what is no interface', () => {
  assert.equal(interfaceAddress('lo'), '127.0.0.1');
  assert.equal(interfaceAddress('no-such-one'), undefined);
  assert.equal(interfaceAddress('a-name-that-no-interface-could-have'), undefined);
});
