import assert from 'node:assert/strict';
import test from 'node:test';
import { addressIn, chooseAddress, isUsable } from '../../../src/network/choose-address';
import { macAddress } from '../../../src/network/mac-address';

const SUBNET = { subnet: '10.89.0.0/29', gateway: '10.89.0.1' };

function use(taken: readonly string[], spare: readonly string[] = []) {
  return { isTaken: (text: string) => taken.includes(text), isSpare: (text: string) => spare.includes(text) };
}

test('chooseAddress() takes the first address that is neither the gateway nor taken', () => {
  assert.equal(chooseAddress(SUBNET, use([])), '10.89.0.2/29');
  assert.equal(chooseAddress(SUBNET, use(['10.89.0.2', '10.89.0.4'])), '10.89.0.3/29');
});

test('chooseAddress() never takes the address for broadcasts, but that of a container that does not run', () => {
  const all = ['10.89.0.2', '10.89.0.3', '10.89.0.4', '10.89.0.5', '10.89.0.6'];
  assert.equal(chooseAddress(SUBNET, use(all)), undefined);
  assert.equal(chooseAddress(SUBNET, use(all, ['10.89.0.5'])), '10.89.0.5/29');
});

test('chooseAddress() stays in the range for leases', () => {
  const subnet = { ...SUBNET, leaseRange: { start: '10.89.0.4', end: '10.89.0.5' } };
  assert.equal(chooseAddress(subnet, use([])), '10.89.0.4/29');
  assert.equal(chooseAddress(subnet, use(['10.89.0.4', '10.89.0.5'])), undefined);
});

test('chooseAddress() finds addresses of IPv6', () => {
  const subnet = { subnet: 'fd00:1::/64', gateway: 'fd00:1::1' };
  assert.equal(chooseAddress(subnet, use(['fd00:1::2'])), 'fd00:1::3/64');
});

test('addressIn() finds the subnet of an address', () => {
  const six = { subnet: 'fd00:1::/64' };
  assert.deepEqual(addressIn([SUBNET, six], 'FD00:1::0:9'), { address: 'fd00:1::9/64', subnet: six });
  assert.equal(addressIn([SUBNET, six], '10.89.0.8'), undefined);
});

for (const [address, expected] of [
  ['10.89.0.0', false],
  ['10.89.0.1', false],
  ['10.89.0.2', true],
  ['10.89.0.7', false],
] as const) {
  test(`isUsable() says ${expected} of ${address}`, () => assert.equal(isUsable(SUBNET, address), expected));
}

test('macAddress() is made of the IPv4 address: who takes it over is found at once', () => {
  assert.equal(macAddress(['10.89.0.2/24', 'fd00::2/64'], 'ab12'), '6e:ab:0a:59:00:02');
});

test('macAddress() is random without an IPv4 address, and never one of a group', () => {
  const mac = macAddress(['fd00::2/64'], 'ab12');
  assert.match(mac, /^6e(:[0-9a-f]{2}){5}$/);
  assert.notEqual(mac, macAddress(['fd00::2/64'], 'ab12'));
});
