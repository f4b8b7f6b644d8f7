import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

/** The environment of a tspod that reads a containers.conf with this text, and nothing else. */
function withConf(text: string): { env: Record<string, string>; path: string } {
  const path = join(testFolder('conf'), 'containers.conf');
  writeFileSync(path, text);
  return { env: { CONTAINERS_CONF: path }, path };
}

const SHOW = 'umask; echo "$FROM_CONF"; ulimit -n; grep CapBnd /proc/self/status; date +%Z; ls /from-conf';

test('run takes its defaults from containers.conf', async () => {
  const folder = testFolder('volume');
  writeFileSync(join(folder, 'file'), '');
  const { env } = withConf(`[containers]
umask = "0027"
env = ["FROM_CONF=yes", "PATH=/nowhere"]
default_ulimits = ["nofile=99:99"]
default_capabilities = ["KILL"]
tz = "UTC"
volumes = ["${folder}:/from-conf"]
`);
  const { stdout } = await runTspod(['run', '--rm', 'busybox', 'sh', '-c', SHOW], { env });
  assert.deepEqual(stdout.split(/\s+/).filter(Boolean), [
    ...['0027', 'yes', '99', 'CapBnd:', '0000000000000020', 'UTC', 'file'],
  ]);
});

test('the command line stands above containers.conf', async () => {
  const { env } = withConf('[containers]\numask = "0027"\nnetns = "none"\nenv = ["A=1"]\n');
  const show = 'umask; echo $A; ls /sys/class/net';
  const options = ['--umask', '7', '--env', 'A=2', '--network', 'slirp4netns'];
  const { stdout } = await runTspod(['run', '--rm', ...options, 'busybox', 'sh', '-c', show], { env });
  assert.deepEqual(stdout.split(/\s+/).filter(Boolean), ['0007', '2', 'lo', 'tap0']);
});

test("the user's own containers.conf and its drop-ins are read", async () => {
  const folder = join(testHome().home, 'etc');
  mkdirSync(join(folder, 'containers/containers.conf.d'), { recursive: true });
  writeFileSync(join(folder, 'containers/containers.conf'), '[containers]\nenv = ["A=1", "B=1"]\n');
  writeFileSync(
    join(folder, 'containers/containers.conf.d/10.conf'),
    '[containers]\nenv = ["C=3", {append=true}]\n',
  );
  const env = { XDG_CONFIG_HOME: folder };
  const { stdout } = await runTspod(['run', '--rm', 'busybox', 'sh', '-c', 'echo $A $B $C'], { env });
  assert.equal(stdout, '1 1 3\n');
});

test('containers.conf chooses the network helper and its arguments, at create and at start', async () => {
  const { env } = withConf(
    '[network]\ndefault_rootless_network_cmd = "pasta"\npasta_options = ["-I", "conf0", "--mtu", "1400"]\n',
  );
  const name = uniqueName('conf');
  await runTspod(['create', '--name', name, 'busybox', 'cat', '/sys/class/net/conf0/mtu'], { env });
  assert.equal((await runTspod(['start', '--attach', name], { env })).stdout, '1400\n');
  await runTspod(['rm', name], { env });
});

test('a network helper says what is wrong, not all that it knows', async () => {
  const { env } = withConf('[network]\npasta_options = ["--no-such-option"]\n');
  const { stderr } = await runTspod(['run', '--rm', '--network', 'pasta', 'busybox', 'true'], {
    env,
    expectCode: 125,
  });
  assert.match(stderr, /^Error: setting up the network: .*no-such-option'?\n$/);
});

test('a runtime of containers.conf that is not there is an error, which --runtime mends', async () => {
  const { env } = withConf('[engine]\nruntime = "no-such-runtime"\n');
  const { stderr } = await runTspod(['run', '--rm', 'busybox', 'true'], { env, expectCode: 125 });
  assert.match(stderr, /default OCI runtime "no-such-runtime" not found\nhint: .*containers\.conf/);
});

test('the variables of [engine] are those of tspod; the caller wins', async () => {
  const { env } = withConf('[engine]\nenv = ["A=conf", "B=conf"]\n');
  const { stdout } = await runTspod(
    ['run', '--rm', '-e', 'A', '-e', 'B', 'busybox', 'sh', '-c', 'echo $A $B'],
    {
      env: { ...env, B: 'caller' },
    },
  );
  assert.equal(stdout, 'conf caller\n');
});

const BROKEN: [name: string, text: string, message: RegExp][] = [
  ['no TOML', '[containers]\ntz = \n', /"\S+", line 2, column \d+, key tz: /],
  [
    'a value of the wrong type',
    '[containers]\n\npids_limit = "many"\n',
    /"\S+", line 3: containers\.pids_limit must be/,
  ],
  ['a value without sense', '[containers]\numask = "9"\n', /"\S+", line 2: containers\.umask: invalid umask/],
  [
    'wrong detach keys',
    '[engine]\ndetach_keys = "ctrl-?"\n',
    /"\S+", line 2: engine\.detach_keys: invalid detach key/,
  ],
];

for (const [name, text, message] of BROKEN) {
  test(`${name} in containers.conf is an error of run and create that says where, and ps, rm and info go on`, async () => {
    const { env, path } = withConf(text);
    for (const command of ['run', 'create']) {
      const { stderr } = await runTspod([command, 'busybox', 'true'], { env, expectCode: 125 });
      assert.match(stderr, message);
      assert.match(stderr, new RegExp(`^Error: reading "${path}"`));
    }
    await runTspod(['ps', '--all'], { env });
    await runTspod(['rm', '--all'], { env });
    await runTspod(['info'], { env });
    const { stdout } = await runTspod(['doctor'], { env, expectCode: 1 });
    assert.match(stdout, /^FAIL +containers\.conf +reading ".*"/m);
  });
}

test('keys without effect are told by doctor, and at run for debugging; unknown ones are warned of', async () => {
  const { env, path } = withConf('[engine]\nlock_type = "shm"\n[containers]\numsk = "0"\n');
  const warning = `Warning: "${path}", line 4: containers.umsk is not known, it has no effect\n`;
  const run = ['run', '--rm', 'busybox', 'true'];
  assert.equal((await runTspod(run, { env })).stderr, warning);
  const { stderr } = await runTspod(['--log-level', 'debug', ...run], { env });
  assert.ok(stderr.includes(`Debug: "${path}", line 2: engine.lock_type has no effect: locks`), stderr);
  const { stdout } = await runTspod(['doctor'], { env, expectCode: null });
  assert.match(stdout, /^warn +containers\.conf +without effect: engine\.lock_type .*containers\.umsk /m);
});

test('a file that CONTAINERS_CONF names and is not there is an error of run', async () => {
  const env = { CONTAINERS_CONF: '/no/such.conf' };
  const { stderr } = await runTspod(['run', 'busybox', 'true'], { env, expectCode: 125 });
  assert.match(stderr, /the file "\/no\/such\.conf" that CONTAINERS_CONF names does not exist/);
});

test('run pulls as containers.conf says, and the command line stands above it', async () => {
  const { env, path } = withConf('[engine]\npull_policy = "never"\n');
  const { stderr } = await runTspod(['run', '--rm', 'localhost:1/nosuch'], { env, expectCode: 125 });
  assert.match(stderr, /localhost:1\/nosuch: image not known/);
  writeFileSync(path, '[engine]\npull_policy = "always"\nretry = 0\n');
  const always = await runTspod(['run', '--rm', 'localhost:1/nosuch'], { env, expectCode: 125 });
  assert.match(always.stderr, /Trying to pull localhost:1/);
  assert.doesNotMatch(always.stderr, /trying again/);
  const typed = ['run', '--rm', '--pull', 'never', 'localhost:1/nosuch'];
  assert.match((await runTspod(typed, { env, expectCode: 125 })).stderr, /image not known/);
});

test('containers.conf says where secrets are kept, and what the volumes of an image become', async () => {
  const folder = testFolder('secrets');
  const { env } = withConf(
    `[engine]\nimage_volume_mode = "tmpfs"\n[secrets]\ndriver = "file"\n[secrets.opts]\npath = "${folder}"\n`,
  );
  const secret = uniqueName('secret');
  const { stdout } = await runTspod(['secret', 'create', secret, '-'], { env, stdin: 'hidden' });
  assert.equal(readFileSync(join(folder, stdout.trim()), 'utf8'), 'hidden');
  await runTspod(['secret', 'rm', secret], { env });
  const [name, image] = [uniqueName('volumes'), uniqueName('image').toLowerCase()];
  await runTspod(['create', '--name', name, 'busybox', 'true']);
  await runTspod(['commit', '-q', '--change', 'VOLUME /data', name, image]);
  const show = ['run', '--rm', image, 'grep', ' /data ', '/proc/mounts'];
  assert.match((await runTspod(show, { env })).stdout, /^tmpfs /);
  await runTspod(['rm', name]);
  await runTspod(['rmi', image]);
});

test('runtimes of containers.conf are found by their names', async () => {
  const { env } = withConf('[engine.runtimes]\nmine = ["/nosuch", "/bin/false"]\n');
  const name = uniqueName('runtime');
  await runTspod(['--runtime', 'mine', 'create', '--name', name, 'busybox'], { env });
  const { stdout } = await runTspod(['inspect', '--format', '{{.OCIRuntime}}', name]);
  assert.equal(stdout, '/bin/false\n');
  await runTspod(['rm', name]);
});

test('containers.conf names host names, the address of the host, logs and merged variables', async () => {
  const logs = join(testFolder('logs'), 'all');
  const { env } = withConf(`[containers]
container_name_as_hostname = true
host_containers_internal_ip = "10.9.8.7"
log_path = "${logs}"
env_merge = ["PATH=\${PATH}:/from-conf"]
`);
  const name = uniqueName('conf');
  const show = 'hostname; grep host.containers /etc/hosts; echo $PATH';
  await runTspod(['create', '--name', `${name}_x`, '--network', 'none', 'busybox', 'sh', '-c', show], {
    env,
  });
  const { stdout } = await runTspod(['start', '-a', `${name}_x`], { env });
  const [host, address, path] = stdout.split('\n');
  assert.deepEqual([host, address], [`${name}x`, '10.9.8.7\thost.containers.internal host.docker.internal']);
  assert.match(path ?? '', /:\/from-conf$/);
  const id = (await runTspod(['inspect', '--format', '{{.Id}}', `${name}_x`])).stdout.trim();
  assert.match(readFileSync(join(logs, id, 'ctr.log'), 'utf8'), new RegExp(`stdout F ${name}x\n`));
  assert.match((await runTspod(['logs', `${name}_x`])).stdout, new RegExp(`^${name}x\n`));
  await runTspod(['rm', `${name}_x`]);
});

test('containers.conf says where networks are, what they are called, and where ports are published', async () => {
  const folder = join(testFolder('networks'), 'all');
  const { env } = withConf(`[network]
default_network = "own"
default_subnet = "10.77.0.0/16"
default_subnet_pools = [{ base = "10.200.0.0/16", size = 28 }]
default_host_ips = ["127.0.0.1"]
network_config_dir = "${folder}"
`);
  const [network, name] = [uniqueName('net'), uniqueName('conf')];
  await runTspod(['network', 'create', network], { env });
  assert.equal(existsSync(join(folder, `${network}.json`)), true);
  const subnets = ['network', 'inspect', '--format', '{{(index .Subnets 0).Subnet}}', network, 'own'];
  assert.match((await runTspod(subnets, { env })).stdout, /^10\.200\.\d+\.\d+\/28\n10\.77\.0\.0\/16\n$/);
  assert.match((await runTspod(['network', 'ls', '-q'], { env })).stdout, /^own$/m);
  assert.match((await runTspod(['inspect', 'own'], { env })).stdout, /10\.77\.0\.0\/16/);
  await runTspod(['create', '--name', name, '-p', '8080:80', 'busybox'], { env });
  const bindings = await runTspod(['inspect', '--format', '{{json .HostConfig.PortBindings}}', name]);
  assert.match(bindings.stdout, /"HostIp":"127\.0\.0\.1","HostPort":"8080"/);
  await runTspod(['rm', name]);
  await runTspod(['network', 'rm', network], { env });
  assert.equal(existsSync(join(folder, `${network}.json`)), false);
});
