import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { checkName } from '../../../../src/container/options/check-name';
import { parseDevice } from '../../../../src/container/options/parse-device';
import { parseEntrypoint } from '../../../../src/container/options/parse-entrypoint';
import { parseEnv, parseLines } from '../../../../src/container/options/parse-env';
import { parseAnnotations, parseLabels } from '../../../../src/container/options/parse-key-values';
import { parseLimits, type LimitTexts } from '../../../../src/container/options/parse-limits';
import { parseLog } from '../../../../src/container/options/parse-log';
import { parseNamespace } from '../../../../src/container/options/parse-namespace';
import { parseRestart } from '../../../../src/container/options/parse-restart';
import { parseSecurity } from '../../../../src/container/options/parse-security';
import { parseSysctls } from '../../../../src/container/options/parse-sysctl';
import { parseUlimit } from '../../../../src/container/options/parse-ulimit';
import { parseUserns } from '../../../../src/container/options/parse-userns';

/** Named cases: what is parsed, and what comes out or which error. */
function table<T>(
  name: string,
  parse: (text: string) => T,
  cases: readonly (readonly [string, T | RegExp])[],
): void {
  for (const [text, expected] of cases) {
    test(`${name}() of ${JSON.stringify(text)}`, () => {
      if (expected instanceof RegExp)
        assert.throws(() => parse(text), { name: 'TspodError', message: expected });
      else assert.deepEqual(parse(text), expected);
    });
  }
}

table('checkName', checkName, [
  ['web', 'web'],
  ['a.b_c-1', 'a.b_c-1'],
  ['', /names must match/],
  ['a b', /names must match/],
  ['-a', /names must match/],
  ['../x', /names must match/],
]);

const device = (hostPath: string, containerPath = hostPath, permissions = 'rwm') => ({
  hostPath,
  containerPath,
  permissions,
});
table('parseDevice', parseDevice, [
  ['/dev/fuse', device('/dev/fuse')],
  ['/dev/fuse:/dev/x', device('/dev/fuse', '/dev/x')],
  ['/dev/fuse:r', device('/dev/fuse', '/dev/fuse', 'r')],
  ['/dev/fuse:/dev/x:rw', device('/dev/fuse', '/dev/x', 'rw')],
  ['/dev/fuse::rw', device('/dev/fuse', '/dev/fuse', 'rw')],
  ['/dev/null:/dev/x:q', /invalid device mode: q/],
  ['/dev/null:/dev/x:rr', /invalid device mode: rr/],
  ['fuse', /not an absolute path/],
  ['', /expected HOST/],
  ['/a:/b:r:x', /expected HOST/],
]);

table('parseUlimit', parseUlimit, [
  ['nofile=100', { name: 'nofile', soft: 100, hard: 100 }],
  ['nofile=100:200', { name: 'nofile', soft: 100, hard: 200 }],
  ['RLIMIT_CORE=-1', { name: 'core', soft: -1, hard: -1 }],
  ['core=0:unlimited', { name: 'core', soft: 0, hard: -1 }],
  ['host', { name: 'host', soft: 0, hard: 0 }],
  ['bogus=1', /invalid ulimit type: bogus/],
  ['nofile=5:4', /5 > 4/],
  ['nofile=-1:4', /-1 > 4/],
  ['nofile=x', /"x" is not a number/],
  ['nofile', /expected NAME=SOFT/],
]);

table('parseRestart', parseRestart, [
  ['', { policy: 'no', maximum: 0 }],
  ['never', { policy: 'no', maximum: 0 }],
  ['always', { policy: 'always', maximum: 0 }],
  ['on-failure', { policy: 'on-failure', maximum: 0 }],
  ['on-failure:3', { policy: 'on-failure', maximum: 3 }],
  ['unless-stopped', { policy: 'unless-stopped', maximum: 0 }],
  ['bogus', /"bogus" is not a valid restart policy/],
  ['always:3', /goes with on-failure only/],
  ['on-failure:x', /"x" is not a number/],
  ['toString', /not a valid restart policy/],
]);

table('parseEntrypoint', parseEntrypoint, [
  ['', []],
  ['/bin/sh', ['/bin/sh']],
  ['/bin/sh -c', ['/bin/sh -c']],
  ['["/bin/sh","-c"]', ['/bin/sh', '-c']],
  ['[x', ['[x']],
  ['[1]', ['[1]']],
]);

table('parseUserns', parseUserns, [
  ['', { kind: 'host' }],
  ['host', { kind: 'host' }],
  ['keep-id', { kind: 'keep-id' }],
  ['keep-id:uid=5,gid=6', { kind: 'keep-id', uid: 5, gid: 6 }],
  ['keep-id:size=9', { kind: 'keep-id', size: 9 }],
  ['keep-id:x=9', /unknown option "x"/],
  ['keep-id:uid=a', /"a" is not a number/],
  ['auto', { kind: 'auto' }],
  ['auto:size=100', { kind: 'auto', size: 100 }],
  ['auto:uidmapping=0:1:2', { kind: 'auto', uidMappings: [{ container: 0, host: 1, size: 2 }] }],
  ['nomap', { kind: 'nomap' }],
  ['container:web', { kind: 'container', target: 'web' }],
  ['container:', /must follow the colon/],
  ['ns:/proc/1/ns/user', { kind: 'path', target: '/proc/1/ns/user' }],
  ['bogus', /unrecognized namespace mode bogus/],
]);

table('parseNamespace(pid)', (text) => parseNamespace('pid', text), [
  ['', { kind: 'private' }],
  ['private', { kind: 'private' }],
  ['host', { kind: 'host' }],
  ['container:x', { kind: 'container', target: 'x' }],
  ['ns:/x', { kind: 'path', target: '/x' }],
  ['shareable', /unrecognized namespace mode/],
  ['pod', /pods are not built yet/],
  ['constructor', /unrecognized namespace mode/],
]);

table('parseNamespace(ipc)', (text) => parseNamespace('ipc', text), [
  ['', { kind: 'shareable' }],
  ['none', { kind: 'none' }],
  ['shareable', { kind: 'shareable' }],
  ['host', { kind: 'host' }],
]);

table('parseSecurity', (text) => parseSecurity(text.split(' ')), [
  ['no-new-privileges', security({ noNewPrivileges: true })],
  ['no-new-privileges:true', security({ noNewPrivileges: true })],
  ['no-new-privileges=false', security({})],
  ['seccomp=unconfined', security({ seccomp: 'unconfined' })],
  ['mask=/a:/b', security({ mask: ['/a', '/b'] })],
  ['unmask=all', security({ unmask: ['ALL'] })],
  ['unmask=/proc/*', security({ unmask: ['/proc/*'] })],
  ['label=disable apparmor=x', security({ labels: ['disable'], apparmor: 'x' })],
  ['bogus', /invalid --security-opt "bogus"/],
  ['mask=a', /not an absolute path/],
  ['no-new-privileges=maybe', /invalid --security-opt/],
  ['proc-opts=hidepid=2', /not supported/],
]);

function security(changes: object) {
  return { noNewPrivileges: false, labels: [], mask: [], unmask: [], ...changes } as ReturnType<
    typeof parseSecurity
  >;
}

table('parseSysctls', (text) => parseSysctls([text]), [
  ['net.ipv4.ip_forward=1', { 'net.ipv4.ip_forward': '1' }],
  ['net/ipv4/ip_forward = 1', { 'net.ipv4.ip_forward': '1' }],
  ['kernel.msgmax=5', { 'kernel.msgmax': '5' }],
  ['fs.mqueue.msg_max=5', { 'fs.mqueue.msg_max': '5' }],
  ['kernel.panic=1', /sysctl 'kernel.panic' is not allowed/],
  ['net...kernel.panic=1', /is not allowed/],
  ['net.x', /KEY=VALUE/],
]);

table('parseLog', (text) => parseLog(text.split(' ')[0] ?? '', text.split(' ').slice(1)), [
  ['k8s-file', { driver: 'k8s-file' }],
  ['json-file max-size=1m max-file=3', { driver: 'json-file', maxSize: 1048576, maxFile: 3 }],
  ['journald tag=x', { driver: 'journald', tag: 'x' }],
  ['k8s-file path=/tmp/x', { driver: 'k8s-file', path: '/tmp/x' }],
  ['syslog', /invalid log driver "syslog"/],
  ['none bogus=1', /unknown log option "bogus"/],
  ['none path', /expected NAME=VALUE/],
  ['none max-file=0', /not a number of files/],
]);

test('parseLabels() takes keys without a value and refuses those without a key', () => {
  assert.deepEqual(parseLabels(['a=b=c', 'd']), { a: 'b=c', d: '' });
  assert.throws(() => parseLabels(['=b']), /invalid label format: "=b"/);
});

test('parseAnnotations() needs a value', () => {
  assert.deepEqual(parseAnnotations(['a=b']), { a: 'b' });
  assert.throws(() => parseAnnotations(['a']), /annotations must be formatted KEY=VALUE/);
});

test('parseEnv() lets later sources win and takes names from the caller', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-env-'));
  try {
    const file = join(folder, 'env');
    writeFileSync(file, '\ufeff# comment\n\n  A=file\r\nB="quoted"\nHOST\nNONE\n');
    const env = parseEnv(
      { entries: ['A=option', 'HO*', 'NONE', 'E='], files: [file], host: false, proxy: true },
      { HOST: 'h', HOME: '/h', http_proxy: 'p', OTHER: 'o' },
    );
    assert.deepEqual(env, { http_proxy: 'p', A: 'option', B: '"quoted"', HOST: 'h', HOME: '/h', E: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('parseEnv() refuses names that are none', () => {
  const of = (entry: string) => () =>
    parseEnv({ entries: [entry], files: [], host: false, proxy: false }, {});
  assert.throws(of('=x'), /name of the variable is missing/);
  assert.throws(of('A B=x'), /contains white space/);
  assert.throws(
    () => parseEnv({ entries: [], files: ['/nope'], host: false, proxy: false }, {}),
    /parsing file: \/nope/,
  );
});

test('parseLines() keeps white space at the end of a value', () => {
  assert.deepEqual(parseLines('A=b \n\tC=d\n'), ['A=b ', 'C=d']);
});

const none: LimitTexts = {
  blkioWeightDevice: [],
  deviceReadBps: [],
  deviceWriteBps: [],
  deviceReadIops: [],
  deviceWriteIops: [],
};

test('parseLimits() has a default limit of processes only', () => {
  assert.deepEqual(parseLimits(none), { pids: 2048, pidsIsDefault: true });
});

test('parseLimits() turns processors into a quota and sizes into bytes', () => {
  const limits = parseLimits({
    ...none,
    cpus: '1.5',
    memory: '64m',
    memorySwap: '-1',
    pids: 0,
    blkioWeight: '100',
  });
  assert.deepEqual(limits, {
    memory: 67108864,
    memorySwap: -1,
    cpuPeriod: 100000,
    cpuQuota: 150000,
    pids: -1,
    blkioWeight: 100,
  });
});

const badLimits: [Partial<LimitTexts>, RegExp][] = [
  [{ memory: '1q' }, /invalid value for memory/],
  [{ memorySwap: '1m' }, /needs --memory/],
  [{ memory: '2m', memorySwap: '1m' }, /larger than memory limit/],
  [{ cpus: '1', cpuQuota: 5 }, /--cpu-quota and --cpus cannot be set together/],
  [{ cpus: 'x' }, /number of processors/],
  [{ cpusetCpus: 'a' }, /expected a list/],
  [{ blkioWeight: '5' }, /expected 10 to 1000/],
  [{ deviceReadBps: ['/dev/sda'] }, /expected \/dev\/NAME:VALUE/],
  [{ deviceReadIops: ['/dev/sda:1m'] }, /whole number/],
];
for (const [changes, message] of badLimits) {
  test(`parseLimits() refuses ${JSON.stringify(changes)}`, () => {
    assert.throws(() => parseLimits({ ...none, ...changes }), { message });
  });
}
