import assert from 'node:assert/strict';
import { isIPv4 as nodeIPv4, isIPv6 as nodeIPv6 } from 'node:net';
import test from 'node:test';
import { isIPv4, isIPv4Cidr, isIPv6 } from '../../../src/network/ip-address';

const TEXTS = (
  '0.0.0.0 255.255.255.255 1.2.3 1.2.3.4.5 01.2.3.4 1.2.3.256 1.2.3.-4 a.b.c.d :: ::1 1:: 1::2 1:2:3:4:5:6:7:8 ' +
  '1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1::2::3 ::ffff:1.2.3.4 ::1.2.3.4 1:2:3:4:5:6:1.2.3.4 1:2:3:4:5:6:7:1.2.3.4 ' +
  '1.2.3.4::1 ::1.2.3 g::1 12345::1 fe80::1%eth0 fe80::1% ::: : :1 1: 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1.2.3.4:: [::1]'
).split(' ');

for (const text of ['', ...TEXTS]) {
  test(`isIPv4() and isIPv6() agree with Node about "${text}"`, () => {
    assert.equal(isIPv4(text), nodeIPv4(text));
    assert.equal(isIPv6(text), nodeIPv6(text));
  });
}

test('isIPv4Cidr() wants an address and up to 32 bits', () => {
  assert.equal(isIPv4Cidr('10.0.2.0/24'), true);
  for (const text of ['10.0.2.0', '10.0.2.0/33', '10.0.2/24', '::1/64', '10.0.2.0/24/1', '10.0.2.0/']) {
    assert.equal(isIPv4Cidr(text), false, text);
  }
});
