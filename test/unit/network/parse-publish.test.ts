import assert from 'node:assert/strict';
import test from 'node:test';
import { parseExpose } from '../../../src/network/parse-expose';
import { parsePublish } from '../../../src/network/parse-publish';

const tcp = { hostIp: '', hostPort: 0, containerPort: 80, range: 1, protocol: 'tcp' } as const;

const GOOD: [string, ReturnType<typeof parsePublish>][] = [
  ['80', [tcp]],
  ['8080:80', [{ ...tcp, hostPort: 8080 }]],
  [':80', [tcp]],
  ['127.0.0.1:8080:80', [{ ...tcp, hostIp: '127.0.0.1', hostPort: 8080 }]],
  ['127.0.0.1::80', [{ ...tcp, hostIp: '127.0.0.1' }]],
  ['0.0.0.0:8080:80', [{ ...tcp, hostPort: 8080 }]],
  ['[::1]:8080:80', [{ ...tcp, hostIp: '::1', hostPort: 8080 }]],
  ['[fe80::1%eth0]::80', [{ ...tcp, hostIp: 'fe80::1%eth0' }]],
  ['8080:80/udp', [{ ...tcp, hostPort: 8080, protocol: 'udp' }]],
  ['80/TCP', [tcp]],
  ['80/tcp,udp', [tcp, { ...tcp, protocol: 'udp' }]],
  ['8000-8009:80-89', [{ ...tcp, hostPort: 8000, range: 10 }]],
  ['80-89', [{ ...tcp, range: 10 }]],
  ['1-65535:1-65535', [{ ...tcp, hostPort: 1, containerPort: 1, range: 65535 }]],
];

for (const [text, expected] of GOOD) {
  test(`parsePublish() reads "${text}"`, () => assert.deepEqual(parsePublish(text), expected));
}

const BAD: [string, string][] = [
  ['', 'must provide a non-empty container port to publish'],
  ['8080:', 'must provide a non-empty container port to publish'],
  ['80/', 'must provide a non-empty protocol to publish'],
  ['80/tcp/udp', 'invalid port format - protocol can only be specified once'],
  ['80/icmp', 'unrecognized protocol "icmp" passed in port mapping'],
  ['0', 'parsing container port: port numbers must be between 1 and 65535 (inclusive), got 0'],
  ['65536:80', 'parsing host port: port numbers must be between 1 and 65535 (inclusive), got 65536'],
  ['http', 'parsing container port: invalid port number: "http"'],
  ['80-', 'parsing container port: must provide ending number for port range'],
  ['-80', 'parsing container port: port numbers cannot be negative'],
  [
    '80-80',
    'parsing container port: the end port of a range must be higher than the start port - 80 is not higher than 80',
  ],
  ['1-2-3', 'parsing container port: invalid port format - port ranges are formatted as startPort-stopPort'],
  ['8000-8001:80', 'host and container port ranges have different lengths: 2 vs 1'],
  [':8080:80', 'must provide a non-empty container host IP to publish'],
  ['host:8080:80', 'cannot parse "host" as an IP address'],
  ['256.0.0.1:8080:80', 'cannot parse "256.0.0.1" as an IP address'],
  ['1:2:3:4', 'invalid port format - format is [[hostIP:]hostPort:]containerPort'],
  ['[::1]:80', 'invalid port format - must provide host and destination port if specifying an IP'],
  ['::1]:80:80', 'invalid port format - IPv6 addresses must be enclosed by []'],
  ['[::1]80', "invalid port format - IPv6 address must be followed by a colon (':')"],
  ['[::1]:1:2:3', 'invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort'],
  ['[::1]:[::2]:80', 'invalid port format - at most one IPv6 address can be specified in a --publish'],
  ['[:::]:80:80', 'cannot parse ":::" as an IP address'],
];

for (const [text, reason] of BAD) {
  test(`parsePublish() refuses "${text}"`, () => {
    assert.throws(() => parsePublish(text), { code: 'usage', message: `--publish "${text}": ${reason}` });
  });
}

test('parsePublish() refuses sctp by name', () => {
  assert.throws(() => parsePublish('80/sctp'), { code: 'unsupported', message: /sctp/ });
});

test('parseExpose() reads a port, a range and protocols', () => {
  assert.deepEqual(parseExpose('80'), [{ port: 80, protocol: 'tcp' }]);
  assert.deepEqual(parseExpose('53-54/udp'), [
    { port: 53, protocol: 'udp' },
    { port: 54, protocol: 'udp' },
  ]);
});

test('parseExpose() refuses a host port', () => {
  assert.throws(() => parseExpose('8080:80'), { code: 'usage', message: /exposed port "8080:80"/ });
});
