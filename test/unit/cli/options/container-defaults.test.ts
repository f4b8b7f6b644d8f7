import assert from 'node:assert/strict';
import test from 'node:test';
import type { CONTAINERS_CONF_KEYS } from '../../../../src/config/containers-conf-keys';
import type { ContainerOptions } from '../../../../src/container/record';
import { optionsWith } from './conf-options';

/** Each key: a value, what it makes of the options, a command line that beats it, and what is then left. */
const KEYS: Record<
  Exclude<
    keyof typeof CONTAINERS_CONF_KEYS.containers,
    'container_name_as_hostname' | 'env_merge' | 'host_containers_internal_ip' | 'log_path'
  >,
  { value: string; argv: string[]; of: (options: ContainerOptions) => unknown; is: unknown; then: unknown }
> = {
  annotations: {
    value: '["a=1", "b=1"]',
    argv: ['--annotation', 'a=2'],
    of: ({ annotations }) => annotations,
    is: { a: '1', b: '1' },
    then: { a: '2', b: '1' },
  },
  apparmor_profile: {
    value: '"strict"',
    argv: ['--security-opt', 'apparmor=unconfined'],
    of: ({ security }) => security.apparmor,
    is: 'strict',
    then: 'unconfined',
  },
  base_hosts_file: {
    value: '"image"',
    argv: ['--hosts-file', 'none'],
    of: ({ hostsFile }) => hostsFile,
    is: 'image',
    then: 'none',
  },
  cgroup_conf: {
    value: '["memory.high=1"]',
    argv: ['--cgroup-conf', 'memory.high=2'],
    of: ({ limits }) => limits.unified?.['memory.high'],
    is: '1',
    then: '2',
  },
  cgroups: {
    value: '"no-conmon"',
    argv: ['--cgroups', 'split'],
    of: ({ cgroups }) => cgroups,
    is: 'no-conmon',
    then: 'split',
  },
  cgroupns: {
    value: '"host"',
    argv: ['--cgroupns', 'private'],
    of: ({ namespaces }) => namespaces.cgroup.kind,
    is: 'host',
    then: 'private',
  },
  default_capabilities: {
    value: '["KILL"]',
    argv: ['--cap-add', 'CHOWN'],
    of: ({ defaultCapabilities, capAdd }) => [defaultCapabilities, capAdd],
    is: [['KILL'], []],
    then: [['KILL'], ['CHOWN']],
  },
  default_sysctls: {
    value: '["net.ipv4.ip_forward=1"]',
    argv: ['--network', 'host'],
    of: ({ sysctls }) => sysctls,
    is: { 'net.ipv4.ip_forward': '1' },
    then: {},
  },
  default_ulimits: {
    value: '["nofile=1:2", "core=0"]',
    argv: ['--ulimit', 'nofile=3:4'],
    of: ({ ulimits }) => ulimits.map(({ name, soft }) => `${name}=${soft}`),
    is: ['nofile=1', 'core=0'],
    then: ['core=0', 'nofile=3'],
  },
  devices: {
    value: '["/dev/fuse"]',
    argv: ['--device', '/dev/kvm'],
    of: ({ devices }) => devices.map(({ hostPath }) => hostPath),
    is: ['/dev/fuse'],
    then: ['/dev/fuse', '/dev/kvm'],
  },
  dns_options: {
    value: '["ndots:1"]',
    argv: ['--dns-option', 'debug'],
    of: ({ dnsOptions }) => dnsOptions,
    is: ['ndots:1'],
    then: ['debug'],
  },
  dns_searches: {
    value: '["a.test"]',
    argv: ['--network', 'container:other'],
    of: ({ dnsSearch }) => dnsSearch,
    is: ['a.test'],
    then: [],
  },
  dns_servers: {
    value: '["1.1.1.1"]',
    argv: ['--dns', '9.9.9.9'],
    of: ({ dns }) => dns,
    is: ['1.1.1.1'],
    then: ['9.9.9.9'],
  },
  env: {
    value: '["A=1", "HERE"]',
    argv: ['--env', 'A=2'],
    of: ({ env, defaultEnv }) => ({ ...defaultEnv, ...env }),
    is: { A: '1', HERE: 'yes' },
    then: { A: '2', HERE: 'yes' },
  },
  env_host: {
    value: 'true',
    argv: ['--env-host=false'],
    of: ({ env }) => env,
    is: { HERE: 'yes' },
    then: {},
  },
  http_proxy: { value: 'false', argv: ['--http-proxy'], of: ({ env }) => env, is: {}, then: {} },
  init: { value: 'true', argv: ['--init=false'], of: ({ init }) => init, is: true, then: false },
  init_path: {
    value: '"/a/init"',
    argv: ['--init-path', '/b/init'],
    of: ({ initPath }) => initPath,
    is: '/a/init',
    then: '/b/init',
  },
  ipcns: {
    value: '"private"',
    argv: ['--ipc', 'host'],
    of: ({ namespaces }) => namespaces.ipc.kind,
    is: 'private',
    then: 'host',
  },
  log_driver: {
    value: '"none"',
    argv: ['--log-driver', 'json-file'],
    of: ({ log }) => log.driver,
    is: 'none',
    then: 'json-file',
  },
  log_size_max: {
    value: '9000',
    argv: ['--log-opt', 'max-size=1k'],
    of: ({ log }) => log.maxSize,
    is: 9000,
    then: 1024,
  },
  log_tag: {
    value: '"one"',
    argv: ['--log-opt', 'tag=two'],
    of: ({ log }) => log.tag,
    is: 'one',
    then: 'two',
  },
  mounts: {
    value: '["type=tmpfs,dst=/a", "type=tmpfs,dst=/b"]',
    argv: ['--tmpfs', '/a:size=1k'],
    of: ({ mounts }) => mounts.map(({ target }) => target),
    is: ['/a', '/b'],
    then: ['/b', '/a'],
  },
  netns: {
    value: '"none"',
    argv: ['--network', 'host'],
    of: ({ network }) => network.kind,
    is: 'none',
    then: 'host',
  },
  no_hosts: {
    value: 'true',
    argv: ['--add-host', 'a:1.2.3.4'],
    of: ({ noHosts }) => noHosts,
    is: true,
    then: false,
  },
  oom_score_adj: {
    value: '5',
    argv: ['--oom-score-adj', '7'],
    of: ({ oomScoreAdj }) => oomScoreAdj,
    is: 5,
    then: 7,
  },
  pidns: {
    value: '"host"',
    argv: ['--pid', 'private'],
    of: ({ namespaces }) => namespaces.pid.kind,
    is: 'host',
    then: 'private',
  },
  pids_limit: {
    value: '77',
    argv: ['--pids-limit', '5'],
    of: ({ limits }) => limits,
    is: { pids: 77, pidsIsDefault: true },
    then: { pids: 5 },
  },
  privileged: {
    value: 'true',
    argv: ['--privileged=false'],
    of: ({ privileged }) => privileged,
    is: true,
    then: false,
  },
  read_only: {
    value: 'true',
    argv: ['--read-only=false'],
    of: ({ readOnly }) => readOnly,
    is: true,
    then: false,
  },
  seccomp_profile: {
    value: '"/p.json"',
    argv: ['--privileged'],
    of: ({ security }) => security.seccomp,
    is: '/p.json',
    then: undefined,
  },
  shm_size: {
    value: '"1m"',
    argv: ['--shm-size', '2m'],
    of: ({ shmSize }) => shmSize,
    is: 1048576,
    then: 2097152,
  },
  tz: {
    value: '"local"',
    argv: ['--tz', 'UTC'],
    of: ({ timezone }) => timezone,
    is: 'local',
    then: 'UTC',
  },
  umask: { value: '"077"', argv: ['--umask', '2'], of: ({ umask }) => umask, is: '0077', then: '0002' },
  userns: {
    value: '"keep-id"',
    argv: ['--userns', 'host'],
    of: ({ userns }) => userns.kind,
    is: 'keep-id',
    then: 'host',
  },
  utsns: {
    value: '"host"',
    argv: ['--uts', 'private'],
    of: ({ namespaces }) => namespaces.uts.kind,
    is: 'host',
    then: 'private',
  },
  volumes: {
    value: '["/usr:/a", "v:/b"]',
    argv: ['--volume', '/etc:/a'],
    of: ({ mounts }) => mounts.map((mount) => [mount.target, 'source' in mount ? mount.source : 'v']),
    is: [
      ['/a', '/usr'],
      ['/b', 'v'],
    ],
    then: [
      ['/b', 'v'],
      ['/a', '/etc'],
    ],
  },
};

for (const [key, { value, argv, of, is, then }] of Object.entries(KEYS)) {
  test(`withContainerDefaults() honours containers.${key}, below the command line`, () => {
    const text = `[containers]\n${key} = ${value}`;
    assert.deepEqual(of(optionsWith(text)), is);
    assert.deepEqual(of(optionsWith(text, argv)), then);
  });
}

test('withContainerDefaults() honours engine.stop_timeout, below the command line', () => {
  assert.equal(optionsWith('[engine]\nstop_timeout = 3').stopTimeout, 3);
  assert.equal(optionsWith('[engine]\nstop_timeout = 3', ['--stop-timeout', '4']).stopTimeout, 4);
});

test('withContainerDefaults() takes 0 and -1 processes for no limit', () => {
  for (const value of [0, -1])
    assert.deepEqual(optionsWith(`[containers]\npids_limit = ${value}`).limits, { pids: -1 });
});

const WRONG: [name: string, text: string, message: RegExp][] = [
  ['a umask', '[containers]\numask = "9"', /^reading "\/c.conf", line 2: containers.umask: invalid umask/],
  ['a network', '[containers]\nnetns = "none:x"', /line 2: containers.netns: .*"none"/],
  [
    'a capability',
    '[containers]\n\ndefault_capabilities = ["FLY"]',
    /line 3: containers.default_capabil.*FLY/,
  ],
  ['a time', '[engine]\nstop_timeout = -5', /line 2: engine.stop_timeout: /],
  ['a zone', '[containers]\ntz = "Moon"', /line 2: containers.tz: .*Moon/],
];

for (const [name, text, message] of WRONG) {
  test(`withContainerDefaults() names file, line and key of ${name} that makes no sense`, () => {
    assert.throws(() => optionsWith(text), { code: 'invalid', message });
  });
}

test('withContainerDefaults() does not look at a value that the command line replaces', () => {
  assert.equal(optionsWith('[containers]\nnetns = "bridge"', ['--network', 'none']).network.kind, 'none');
});
