import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { Ajv } from 'ajv';
import { makeContainer } from '../../../../src/container/create/create';
import { containerPaths } from '../../../../src/container/paths';
import { buildSpec } from '../../../../src/container/spec/build-spec';
import { specText } from '../../../../src/container/spec/spec-text';
import type { OciSpec } from '../../../../src/runtime/oci-spec';
import { makeSandbox, optionsOf, type Sandbox } from '../sandbox';
import { OCI_SCHEMA } from './oci-schema';

const validate = new Ajv({ strict: false, allErrors: true }).compile(OCI_SCHEMA);

/** The configuration that a command line comes to, after it was found to be valid. */
function specOf(t: TestContext, argv: string[], sandbox: Sandbox = makeSandbox(t)): OciSpec {
  const { ctx, rootfs } = sandbox;
  const options = optionsOf(ctx, ['--network', 'none', ...argv, '--rootfs', rootfs, 'sh', '-c', 'true']);
  const record = makeContainer(ctx, { asked: options, image: undefined, createCommand: ['tspod'] });
  const spec = buildSpec(ctx, record);
  assert.ok(validate(JSON.parse(specText(spec))), JSON.stringify(validate.errors));
  return spec;
}

function mountAt(spec: OciSpec, destination: string) {
  return spec.mounts.find((mount) => mount.destination === destination);
}

test('a plain container is as closed as that of Podman 5.4', (t) => {
  const spec = specOf(t, []);
  assert.deepEqual(spec.linux.namespaces.map(({ type }) => type).sort(), [
    'cgroup',
    'ipc',
    'mount',
    'network',
    'pid',
    'uts',
  ]);
  assert.deepEqual(spec.linux.maskedPaths, [
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/sys/devices/virtual/powercap',
    '/sys/firmware',
    '/sys/fs/selinux',
  ]);
  assert.deepEqual(spec.linux.readonlyPaths, [
    '/proc/asound',
    '/proc/bus',
    '/proc/fs',
    '/proc/irq',
    '/proc/sys',
    '/proc/sysrq-trigger',
  ]);
  assert.equal(spec.process.capabilities?.bounding.length, 11);
  assert.deepEqual(spec.linux.sysctl, { 'net.ipv4.ping_group_range': '0 0' });
  assert.equal(spec.linux.seccomp?.defaultErrnoRet, 38);
  assert.deepEqual(mountAt(spec, '/sys')?.options, ['nosuid', 'noexec', 'nodev', 'ro']);
  assert.deepEqual(mountAt(spec, '/proc')?.options, ['nosuid', 'noexec', 'nodev']);
  assert.ok(mountAt(spec, '/dev/shm')?.options?.includes('size=67108864'));
  assert.ok(mountAt(spec, '/sys/fs/cgroup')?.options?.includes('ro'));
  for (const path of ['/etc/hosts', '/etc/hostname', '/run/.containerenv']) {
    assert.deepEqual(mountAt(spec, path)?.options, ['bind', 'rprivate'], path);
  }
});

test('a plain program is root with the default environment', (t) => {
  const { process, hostname } = specOf(t, []);
  assert.deepEqual(process.args, ['sh', '-c', 'true']);
  assert.deepEqual(process.user, { uid: 0, gid: 0, umask: 0o22 });
  assert.deepEqual(process.env, [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'container=podman',
    `HOSTNAME=${hostname}`,
    'HOME=/root',
  ]);
  assert.match(hostname ?? '', /^[0-9a-f]{12}$/);
});

test('what is deeper is mounted later', (t) => {
  const spec = specOf(t, [
    '-v',
    '/usr:/a/b/c',
    '-v',
    '/usr:/a',
    '--tmpfs',
    '/a/b',
    '--device',
    '/dev/full:/dev/x/full',
  ]);
  const depths = spec.mounts.map(({ destination }) => destination.split('/').length);
  assert.deepEqual(
    depths,
    [...depths].sort((a, b) => a - b),
  );
});

test('a mount of the user replaces the one of the container at the same place', (t) => {
  const spec = specOf(t, ['-v', '/usr:/etc/hosts:ro', '--tmpfs', '/dev/shm:size=1m', '-v', '/dev:/dev']);
  assert.equal(spec.mounts.filter(({ destination }) => destination === '/etc/hosts').length, 1);
  assert.equal(mountAt(spec, '/etc/hosts')?.source, '/usr');
  assert.equal(mountAt(spec, '/dev/pts'), undefined);
  assert.equal(mountAt(spec, '/dev')?.type, 'bind');
});

test('mounts get the options that Podman gives them', (t) => {
  const sandbox = makeSandbox(t);
  const spec = specOf(
    t,
    ['-v', '/usr:/u:ro', '-v', 'data:/v', '--tmpfs', '/t:size=1m,exec', '--device', '/dev/full:r'],
    sandbox,
  );
  assert.deepEqual(mountAt(spec, '/u')?.options, ['rbind', 'rprivate', 'ro']);
  assert.deepEqual(mountAt(spec, '/v'), {
    destination: '/v',
    type: 'bind',
    source: `${sandbox.ctx.paths.root}/volumes/data/_data`,
    options: ['rbind', 'rprivate', 'nosuid', 'nodev', 'rw'],
  });
  assert.deepEqual(mountAt(spec, '/t')?.options, [
    'rw',
    'rprivate',
    'nosuid',
    'nodev',
    'size=1m',
    'exec',
    'tmpcopyup',
  ]);
  assert.deepEqual(mountAt(spec, '/dev/full')?.options, ['rbind', 'slave', 'nosuid', 'noexec', 'ro']);
});

test('a slave or shared mount makes the root follow', (t) => {
  assert.equal(specOf(t, ['-v', '/usr:/u']).linux.rootfsPropagation, undefined);
  assert.equal(specOf(t, ['-v', '/usr:/u:rslave']).linux.rootfsPropagation, 'rslave');
  assert.equal(
    specOf(t, ['-v', '/usr:/u:rshared', '-v', '/usr:/w:rslave']).linux.rootfsPropagation,
    'shared',
  );
});

test('--read-only keeps temporary directories writable, and the files of /etc closed', (t) => {
  const spec = specOf(t, ['--read-only']);
  assert.equal(spec.root.readonly, true);
  for (const path of ['/tmp', '/run', '/var/tmp']) assert.equal(mountAt(spec, path)?.type, 'tmpfs', path);
  assert.deepEqual(mountAt(spec, '/etc/hosts')?.options, [
    'bind',
    'rprivate',
    'ro',
    'nosuid',
    'noexec',
    'nodev',
  ]);
  assert.equal(mountAt(specOf(t, ['--read-only', '--read-only-tmpfs=false']), '/tmp'), undefined);
});

test('--privileged opens what Podman opens', (t) => {
  const spec = specOf(t, ['--privileged']);
  assert.equal(spec.linux.seccomp, undefined);
  assert.deepEqual([spec.linux.maskedPaths, spec.linux.readonlyPaths], [[], []]);
  assert.ok((spec.process.capabilities?.effective.length ?? 0) >= 38);
  assert.ok(mountAt(spec, '/sys')?.options?.includes('rw'));
  assert.match(readFileSync(mountAt(spec, '/run/.containerenv')?.source ?? '', 'utf8'), /^engine="tspod-/);
});

test('mask and unmask change the hidden paths', (t) => {
  const spec = specOf(t, ['--security-opt', 'unmask=/proc/a*:/proc/sys', '--security-opt', 'mask=/srv']);
  assert.ok(!spec.linux.maskedPaths?.includes('/proc/acpi'));
  assert.ok(spec.linux.maskedPaths?.includes('/srv'));
  assert.ok(!spec.linux.readonlyPaths?.includes('/proc/sys'));
  const all = specOf(t, ['--security-opt', 'unmask=ALL']);
  assert.deepEqual([all.linux.maskedPaths, all.linux.readonlyPaths], [[], []]);
});

test('namespaces of the host are left out, and what they need is bound', (t) => {
  const spec = specOf(
    t,
    ['--network', 'host', '--pid', 'host', '--uts', 'host', '--cgroupns', 'host', '--ipc', 'none'].slice(2),
  );
  assert.deepEqual(spec.linux.namespaces.map(({ type }) => type).sort(), ['ipc', 'mount', 'network']);
  assert.equal(mountAt(spec, '/proc')?.type, 'bind');
  assert.equal(mountAt(spec, '/dev/shm'), undefined);
  assert.equal(mountAt(spec, '/sys/fs/cgroup')?.type, 'bind');
  assert.equal(spec.hostname, undefined);
});

test('a user is looked up in the root, and gets no capabilities', (t) => {
  const { process } = specOf(t, ['-u', 'web', '--cap-add', 'net_raw']);
  assert.deepEqual(process.user, { uid: 33, gid: 33, umask: 0o22, additionalGids: [10, 33] });
  assert.deepEqual(process.capabilities?.effective, ['CAP_NET_RAW']);
  assert.deepEqual(process.capabilities?.ambient, ['CAP_NET_RAW']);
  assert.ok(process.env.includes('HOME=/srv'));
});

test('a user without an entry gets one', (t) => {
  const spec = specOf(t, ['-u', '1000:2000', '-w', '/srv']);
  const passwd = readFileSync(mountAt(spec, '/etc/passwd')?.source ?? '', 'utf8');
  const group = readFileSync(mountAt(spec, '/etc/group')?.source ?? '', 'utf8');
  assert.ok(passwd.endsWith('\n1000:*:1000:2000:container user:/srv:/bin/sh\n'));
  assert.ok(group.endsWith('\n2000:x:2000:1000\n'));
  assert.ok(spec.process.env.includes('HOME=/srv'));
  assert.equal(mountAt(specOf(t, ['-u', '1000', '--passwd=false']), '/etc/passwd'), undefined);
});

test('a missing user, group or working directory ends with 126', (t) => {
  assert.throws(() => specOf(t, ['-u', 'nosuch']), { exitCode: 126, message: /unable to find user nosuch/ });
  assert.throws(() => specOf(t, ['--group-add', 'nosuch']), { exitCode: 126 });
  assert.throws(() => specOf(t, ['-w', '/not/there']), {
    exitCode: 126,
    message: /workdir "\/not\/there" does not exist/,
  });
});

test('an id map becomes a user namespace', (t) => {
  const { linux } = specOf(t, ['--uidmap', '0:5000:10', '--gidmap', '0:6000:20']);
  assert.ok(linux.namespaces.some(({ type }) => type === 'user'));
  assert.deepEqual(linux.uidMappings, [{ containerID: 0, hostID: 5000, size: 10 }]);
  assert.deepEqual(linux.gidMappings, [{ containerID: 0, hostID: 6000, size: 20 }]);
});

test('limits become resources in the units of the runtime-spec', (t) => {
  const { linux } = specOf(t, [
    '--memory',
    '64m',
    '--cpus',
    '0.5',
    '--pids-limit',
    '10',
    '--cpuset-cpus',
    '0',
    '--cgroup-conf',
    'memory.high=1000',
  ]);
  assert.deepEqual(linux.resources, {
    unified: { 'memory.high': '1000' },
    memory: { limit: 67108864, swap: 134217728 },
    cpu: { quota: 50000, period: 100000, cpus: '0' },
    pids: { limit: 10 },
  });
});

test('a limit without end is written as the greatest number', (t) => {
  const spec = specOf(t, ['--ulimit', 'core=-1', '-e', 'X="soft":-1']);
  assert.match(
    specText(spec),
    /"type":"RLIMIT_CORE","soft":18446744073709551615,"hard":18446744073709551615/,
  );
  assert.ok(JSON.parse(specText(spec)).process.env.includes('X="soft":-1'));
});

test('programs get what else was asked for', (t) => {
  const argv = [
    '-it',
    '--umask',
    '077',
    '--init',
    '--oom-score-adj',
    '7',
    '--group-add',
    'keep-groups',
    '--annotation',
    'a=b',
  ];
  const spec = specOf(t, [
    ...argv,
    '--security-opt',
    'no-new-privileges',
    '--tz',
    'local',
    '--hostname',
    'box',
  ]);
  assert.equal(spec.process.terminal, true);
  assert.ok(spec.process.env.includes('TERM=xterm'));
  assert.equal(spec.process.user.umask, 0o77);
  assert.deepEqual(spec.process.args.slice(0, 3), ['/run/podman-init', 'init', '--']);
  assert.equal(mountAt(spec, '/run/podman-init')?.source, '/usr/libexec/tspod-helper');
  assert.equal(spec.process.oomScoreAdj, 7);
  assert.equal(spec.annotations?.['run.oci.keep_original_groups'], '1');
  assert.equal(spec.annotations?.['a'], 'b');
  assert.equal(spec.process.noNewPrivileges, true);
  assert.ok(mountAt(spec, '/etc/localtime'));
  assert.equal(spec.hostname, 'box');
});

test('files of /etc say who the container is', (t) => {
  const sandbox = makeSandbox(t);
  const spec = specOf(t, ['--name', 'box', '--hostname', 'inside', '--add-host', 'db:10.0.0.1'], sandbox);
  const hosts = readFileSync(mountAt(spec, '/etc/hosts')?.source ?? '', 'utf8');
  assert.match(hosts, /^10\.0\.0\.1\tdb$/m);
  assert.match(hosts, /^127\.0\.0\.1\tinside box$/m);
  assert.equal(readFileSync(mountAt(spec, '/etc/hostname')?.source ?? '', 'utf8'), 'inside\n');
  assert.match(spec.root.path, /^.*\/containers\/[0-9a-f]{64}\/merged$/);
  assert.equal(containerPaths(sandbox.ctx, spec.root.path.split('/').at(-2) ?? '').merged, spec.root.path);
});
