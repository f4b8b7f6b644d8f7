import assert from 'node:assert/strict';
import test from 'node:test';
import { CONTAINER_OPTIONS } from '../../../../src/cli/options/container/container-options';
import type { OptionTable } from '../../../../src/cli/define-command';
import { makeSandbox, optionsOf } from '../../container/sandbox';

/** Every option of `podman create --help`, version 5.4.2. */
const PODMAN = (
  'add-host annotation arch attach authfile blkio-weight blkio-weight-device cap-add cap-drop cgroup-conf cgroup-parent ' +
  'cgroupns cgroups chrootdirs cidfile conmon-pidfile cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus ' +
  'cpuset-cpus cpuset-mems decryption-key device device-cgroup-rule device-read-bps device-read-iops device-write-bps ' +
  'device-write-iops disable-content-trust dns dns-option dns-search entrypoint env env-file env-host env-merge expose ' +
  'gidmap gpus group-add group-entry health-cmd health-interval health-log-destination health-max-log-count ' +
  'health-max-log-size health-on-failure health-retries health-start-period health-startup-cmd health-startup-interval ' +
  'health-startup-retries health-startup-success health-startup-timeout health-timeout hostname hosts-file hostuser ' +
  'http-proxy image-volume init init-path interactive ip ip6 ipc label label-file log-driver log-opt mac-address memory ' +
  'memory-reservation memory-swap memory-swappiness mount name network network-alias no-healthcheck no-hostname no-hosts ' +
  'oom-kill-disable oom-score-adj os passwd passwd-entry personality pid pidfile pids-limit platform pod pod-id-file ' +
  'privileged publish publish-all pull quiet rdt-class read-only read-only-tmpfs replace requires restart retry ' +
  'retry-delay rm rootfs sdnotify seccomp-policy secret security-opt shm-size shm-size-systemd stop-signal stop-timeout ' +
  'subgidname subuidname sysctl systemd timeout tls-verify tmpfs tty tz uidmap ulimit umask unsetenv unsetenv-all user ' +
  'userns uts variant volume volumes-from workdir'
).split(' ');

const table: OptionTable = CONTAINER_OPTIONS;

test('every option of Podman is known', () => {
  const missing = PODMAN.filter((name) => !(name in table) && name !== 'attach');
  assert.deepEqual(missing, []);
});

test('no two options have the same letter', () => {
  const letters = Object.values(table).flatMap(({ short }) => short ?? []);
  assert.equal(new Set(letters).size, letters.length);
});

const refused: [string[], RegExp][] = [
  [['--pod', 'x'], /the option --pod is not supported: pods/],
  [['--systemd=bogus'], /--systemd values must be one of "true, false, always"/],
  [['--cgroups', 'nonsense'], /invalid cgroup mode "nonsense"/],
  [
    ['--cgroups', 'disabled', '--cgroup-parent', 'a.slice'],
    /cannot set cgroup parent if not creating cgroups/,
  ],
  [['--cgroups', 'disabled', '-m', '8m'], /--cgroups=disabled and limits cannot be set together/],
  [['--passwd-entry', 'a\nb'], /are one line each/],
  [['--cgroup-conf', 'bad'], /--cgroup-conf "bad": must be formatted KEY=VALUE/],
  [['--cgroup-conf', 'a/b.c=1'], /must be formatted KEY=VALUE/],
  [['--memory-swappiness', '5'], /--memory-swappiness=5 is not supported/],
  [['--oom-kill-disable'], /--oom-kill-disable=true is not supported/],
  [['--rm', '--restart', 'always'], /the --rm option conflicts with --restart/],
  [['--uts', 'host', '--hostname', 'x'], /cannot set hostname when running in the host UTS namespace/],
  [
    ['--network', 'host', '--sysctl', 'net.ipv4.ip_forward=1'],
    /can't be set since Network Namespace set to host/,
  ],
  [['--ipc', 'host', '--sysctl', 'kernel.msgmax=1'], /can't be set since IPC Namespace set to host/],
  [['-v', '/usr:/a', '--tmpfs', '/a'], /\/a: duplicate mount destination/],
  [['-v', '/usr:/a', '-v', '/usr:/a:ro'], /\/a: duplicate mount destination/],
  [['--no-hosts', '--add-host', 'a:1.2.3.4'], /--no-hosts and --add-host cannot be set together/],
  [['--network', 'container:x', '--dns', '1.1.1.1'], /dns and the network mode: container/],
  [['--network', 'none', '--dns-search', 'x'], /dns and the network mode: none/],
  [['--log-driver', 'passthrough', '-t'], /cannot be used with --tty/],
  [['--userns', 'keep-id', '--uidmap', '0:1:1'], /mutually exclusive/],
  [['--umask', '9'], /invalid umask string "9"/],
  [['--workdir', 'rel'], /needs to be an absolute path/],
  [['--shm-size', 'x'], /unable to translate --shm-size/],
  [
    ['--network', 'none', '--network', 'host'],
    /cannot set multiple networks without bridge network mode, selected mode none/,
  ],
  [['--hostname', 'a b'], /invalid host name "a b"/],
  [['--image-volume', 'x'], /expected one of/],
];
for (const [argv, message] of refused) {
  test(`${argv.join(' ')} is refused`, (t) => {
    const { ctx } = makeSandbox(t);
    assert.throws(() => optionsOf(ctx, [...argv, 'busybox']), { name: 'TspodError', message });
  });
}

test('options that change nothing are accepted', (t) => {
  const { ctx } = makeSandbox(t);
  const argv = [
    '--pull=never',
    '--cgroups=enabled',
    '--systemd=false',
    '--http-proxy=false',
    '--sdnotify=ignore',
  ];
  const { image, command } = optionsOf(ctx, [...argv, '--no-healthcheck', 'busybox', 'sh', '--pod']);
  assert.deepEqual([image, command], ['busybox', ['sh', '--pod']]);
});

test('the proxies of the caller are handed over unless --http-proxy=false', (t) => {
  const { ctx } = makeSandbox(t, { env: { HTTPS_PROXY: 'p', OTHER: 'o' } });
  assert.deepEqual(optionsOf(ctx, ['busybox']).env, { HTTPS_PROXY: 'p' });
  assert.deepEqual(optionsOf(ctx, ['--http-proxy=false', 'busybox']).env, {});
});
