import assert from 'node:assert/strict';
import test from 'node:test';
import { engineDefaults, engineEnvironment } from '../../../../src/cli/options/engine-defaults';
import { confOf } from './conf-options';

const ENGINE: [line: string, expected: object][] = [
  ['runtime = "crun"', { runtime: 'crun' }],
  ['runtime = ""', {}],
  ['cgroup_manager = "cgroupfs"', { cgroupManager: 'cgroupfs' }],
  ['detach_keys = ""', { detachKeys: '' }],
  ['helper_binaries_dir = ["/opt/bin", "$HOME/bin"]', { programFolders: ['/opt/bin'] }],
  ['runtimes = { crun = ["/a"] }', { runtimes: { crun: ['/a'] } }],
  ['retry = 0', { transfer: { retry: 0 } }],
  ['retry_delay = "5s"', { transfer: { retryDelay: 5000 } }],
  ['pull_policy = "never"', { transfer: { pullPolicy: 'never' } }],
  ['image_parallel_copies = 2', { transfer: { atOnce: 2 } }],
  ['image_parallel_copies = 0', {}],
  ['add_compression = ["zstd:chunked", "gzip"]', { transfer: { addCompression: ['zstd', 'gzip'] } }],
  ['compression_format = "zstd:chunked"', { transfer: { compression: { format: 'zstd' } } }],
  ['compression_level = 9', { transfer: { compression: { format: 'gzip', level: 9 } } }],
  [
    'compression_format = "zstd"\ncompression_level = 20',
    { transfer: { compression: { format: 'zstd', level: 20 } } },
  ],
  ['network_cmd_path = "/bin/sh"', { slirpPath: '/bin/sh' }],
  ['network_cmd_options = ["mtu=1500"]', { slirpOptions: ['mtu=1500'] }],
];

for (const [line, expected] of ENGINE) {
  test(`engineDefaults() reads ${line}`, () => {
    assert.deepEqual(engineDefaults(confOf(`[engine]\n${line}`)), expected);
  });
}

test('engineDefaults() reads the keys of the network', () => {
  const text = '[network]\ndefault_rootless_network_cmd = "pasta"\npasta_options = ["--mtu", "1400"]';
  assert.deepEqual(engineDefaults(confOf(text)), { networkHelper: 'pasta', pastaOptions: ['--mtu', '1400'] });
});

const OTHERS: [text: string, expected: object][] = [
  ['[containers]\ncontainer_name_as_hostname = true', { nameAsHostname: true }],
  ['[containers]\nhost_containers_internal_ip = "10.9.8.7"', { hostAddress: '10.9.8.7' }],
  ['[containers]\nhost_containers_internal_ip = "none"', { hostAddress: '' }],
  ['[containers]\nlog_path = "/var/log/c"', { logFolder: '/var/log/c' }],
  ['[network]\ndefault_host_ips = ["127.0.0.1", "::1"]', { publishAt: ['127.0.0.1', '::1'] }],
  ['[network]\nnetwork_config_dir = "/n"', { networksFolder: '/n' }],
  [
    '[network]\ndefault_subnet_pools = [{ base = "10.200.0.0/16", size = 28 }]',
    { subnetPools: [{ base: '10.200.0.0/16', size: 28 }] },
  ],
];

for (const [text, expected] of OTHERS) {
  test(`engineDefaults() reads ${text.replace('\n', ' ')}`, () => {
    assert.deepEqual(engineDefaults(confOf(text)), expected);
  });
}

const WRONG_OTHERS: [text: string, message: RegExp][] = [
  ['[containers]\nhost_containers_internal_ip = "host"', /internal_ip: "host" is no IP address$/],
  ['[containers]\nlog_path = "logs"', /line 2: containers.log_path: "logs" is no full path$/],
  ['[network]\ndefault_host_ips = ["all"]', /default_host_ips: "all" is no IP address$/],
  ['[network]\nnetwork_config_dir = "n"', /network_config_dir: "n" is no full path$/],
  ['[network]\ndefault_subnet_pools = ["x"]', /must be a list of tables with base and size, got "x"$/],
  ['[network]\ndefault_subnet_pools = [{ base = "10.0.0.0/16", size = 12 }]', /12 is not a number of bits/],
  ['[network]\ndefault_subnet_pools = [{ base = "10.0.0.0", size = 24 }]', /invalid CIDR address: 10.0.0.0/],
  ['[network]\ndefault_subnet_pools = [{ base = "fd00::/48", size = 64 }]', /is no network of IPv4/],
];

for (const [text, message] of WRONG_OTHERS) {
  test(`engineDefaults() refuses ${text.replace('\n', ' ')}`, () => {
    assert.throws(() => engineDefaults(confOf(text)), { code: 'invalid', message });
  });
}

const WRONG_ENGINE: [line: string, message: RegExp][] = [
  [
    'cgroup_manager = "disabled"',
    /^reading "\/c.conf", line 2: engine.cgroup_manager: "disabled" is not known/,
  ],
  ['retry = -1', /engine.retry: -1 is negative/],
  ['retry_delay = "soon"', /engine.retry_delay: invalid duration "soon"/],
  ['pull_policy = "often"', /engine.pull_policy: unsupported pull policy "often"/],
  ['add_compression = ["xz"]', /engine.add_compression: cannot find compressor for "xz"/],
  ['compression_format = "xz"', /engine.compression_format: cannot find compressor for "xz"/],
  ['compression_level = 10', /engine.compression_level: .*gzip has 1 to 9/],
  ['detach_keys = "ctrl-1"', /engine.detach_keys: invalid detach key/],
  ['network_cmd_path = "/no/such"', /engine.network_cmd_path: "\/no\/such" is no program/],
  ['network_cmd_options = ["speed=9"]', /engine.network_cmd_options: unknown option/],
];

for (const [line, message] of WRONG_ENGINE) {
  test(`engineDefaults() refuses ${line}`, () => {
    assert.throws(() => engineDefaults(confOf(`[engine]\n${line}`)), { code: 'invalid', message });
  });
}

test('engineDefaults() reads the driver of secrets and its options', () => {
  const text = '[secrets]\ndriver = "shell"\n[secrets.opts]\nlist = "ls"';
  assert.deepEqual(engineDefaults(confOf(text)), { secrets: { driver: 'shell', options: { list: 'ls' } } });
  assert.throws(() => engineDefaults(confOf('[secrets]\ndriver = "vault"')), {
    message: /secrets.driver: "vault" is not known/,
  });
});

test('engineEnvironment() reads variables, and refuses what is none', () => {
  assert.deepEqual(engineEnvironment(confOf('[engine]\nenv = ["A=1", "B="]')), { A: '1', B: '' });
  assert.throws(() => engineEnvironment(confOf('[engine]\nenv = ["A"]')), {
    message: /engine.env: "A" is not/,
  });
});
