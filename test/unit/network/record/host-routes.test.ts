import assert from 'node:assert/strict';
import test from 'node:test';
import { formatRange, parseRange } from '../../../../src/network/address-range';
import { freeIPv4Subnet, freeIPv6Subnet } from '../../../../src/network/record/choose-subnet';
import { parseIPv4Routes, parseIPv6Routes } from '../../../../src/network/record/host-routes';

test('parseIPv4Routes() reads /proc/net/route without the default route', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'wg0\t0000590A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n');
  assert.deepEqual(parseIPv4Routes(text).map(formatRange), ['192.0.2.0/24', '10.89.0.0/16']);
});

test('parseIPv6Routes() leaves out what is everywhere', () => {
  const end = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000100 00000001 00000000 00000001 eth0`;
  const text = [
    `fd000210000000000000000000000000 40 ${end}`,
    `fe800000000000000000000000000000 40 ${end}`,
    `ff000000000000000000000000000000 08 ${end}`,
    `${'0'.repeat(32)} 00 ${end}`,
    '',
  ].join('\n');
  assert.deepEqual(parseIPv6Routes(text).map(formatRange), ['fd00:210::/64']);
});

test('freeIPv4Subnet() passes over what is used, also into the next pool', () => {
  const used = (texts: string[]) => texts.flatMap((text) => parseRange(text) ?? []);
  assert.equal(freeIPv4Subnet([]), '10.89.0.0/24');
  assert.equal(freeIPv4Subnet(used(['10.89.0.0/24', '10.89.1.128/30'])), '10.89.2.0/24');
  assert.equal(freeIPv4Subnet(used(['10.89.0.0/16', '10.90.0.0/15', '10.92.0.0/14'])), '10.96.0.0/24');
  assert.throws(() => freeIPv4Subnet(used(['10.0.0.0/8'])), { code: 'in-use' });
  const pools = [
    { base: '10.200.0.0/27', size: 28 },
    { base: '10.201.0.0/24', size: 24 },
  ];
  assert.equal(freeIPv4Subnet(used(['10.200.0.0/30']), pools), '10.200.0.16/28');
  assert.equal(freeIPv4Subnet(used(['10.200.0.0/16']), pools), '10.201.0.0/24');
});

test('freeIPv6Subnet() is a unique local one', () => {
  assert.match(freeIPv6Subnet([]), /^fd[0-9a-f]{2}:.*::\/64$/);
});
