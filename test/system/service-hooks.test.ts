import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, renameSync } from 'node:fs';
import test from 'node:test';
import type { OciSpec } from '../../src/runtime/oci-spec';
import { tspodProgram } from '../helpers/project';
import { homeEnvironment, testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const RUN = ['run', '--rm', '--network', 'none'];
const sh = (options: readonly string[], script: string, expectCode = 0) =>
  runTspod([...RUN, ...options, 'busybox', 'sh', '-c', script], { expectCode });

/** Runs tspod with an open file under the number 5, which no shell or Node has taken. */
async function withDescriptor(fd: number, argv: readonly string[]): Promise<string> {
  const child = spawn('sh', ['-c', 'exec "$@" 5<&3 3<&-', 'sh', tspodProgram, ...argv], {
    env: homeEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit', fd],
  });
  let text = '';
  child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

test('run and exec hand descriptors on under their own numbers', async () => {
  const file = `${testFolder()}/file`;
  writeFileSync(file, 'text\n');
  const name = uniqueName();
  await runTspod(['run', '-d', '--network=none', '--name', name, 'busybox', 'sleep', '100']);
  const script = ['sh', '-c', 'cat <&5; (: <&3) 2>/dev/null || echo closed'];
  for (const argv of [
    [...RUN, '--preserve-fd', '5', 'busybox', ...script],
    ['exec', '--preserve-fd=5', name, ...script],
  ]) {
    const fd = openSync(file, 'r');
    assert.equal(await withDescriptor(fd, argv), 'text\nclosed\n');
    closeSync(fd);
  }
  await runTspod(['rm', '--force', '--time=0', name]);
  assert.match((await sh(['--preserve-fd=9'], 'true', 125)).stderr, /file descriptor 9 is not available/);
});

test('sockets of a service manager are handed on', async () => {
  const script = 'exec 3</etc/hostname; LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=$$ exec "$@"';
  const inner = ['sh', '-c', 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES $(readlink /proc/1/fd/3)'];
  const { stdout } = await runTspod(['-c', script, 'sh', tspodProgram, ...RUN, 'busybox', ...inner], {
    program: 'sh',
  });
  assert.equal(stdout, '1 1 web /etc/hostname\n');
});

/** A service manager's end: what it is told goes into a file, a line for each message. */
async function listen(folder: string): Promise<{ socket: string; lines(): string[]; close(): void }> {
  const [socket, out] = [`${folder}/s`, `${folder}/out`];
  const program =
    'use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un($ARGV[0])) or die; open(my $o, ">", $ARGV[1]);' +
    'select $o; $| = 1; while (defined recv($s, my $m, 4096, 0)) { $m =~ s/\\n/|/g; print "$m\\n"; }';
  const child = spawn('perl', ['-e', program, socket, out], { stdio: 'ignore' });
  await waitFor('somebody listens', () => existsSync(out));
  return {
    socket,
    lines: () => readFileSync(out, 'utf8').split('\n').filter(Boolean),
    close: () => void child.kill(),
  };
}

test('a service manager is told of the monitor, and when the container is ready', async () => {
  const manager = await listen(testFolder());
  const env = { NOTIFY_SOCKET: manager.socket };
  const start = async (options: readonly string[]): Promise<string> => {
    const name = uniqueName();
    await runTspod(
      ['run', '-d', '--rm', '--network=none', '--name', name, ...options, 'busybox', 'sleep', '100'],
      { env },
    );
    return name;
  };
  const names = [await start(['--sdnotify=ignore']), await start(['--sdnotify=conmon'])];
  const field = async (name: string, format: string): Promise<string> =>
    (await runTspod(['inspect', name, '--format', format])).stdout.trim();
  await waitFor('the first message', () => manager.lines().length === 1);
  assert.deepEqual(manager.lines(), [
    `MAINPID=${await field(names[1] ?? '', '{{.State.ConmonPid}}')}|READY=1`,
  ]);
  names.push(await start([]));
  const id = await field(names[2] ?? '', '{{.Id}}');
  const send =
    'use Socket; chdir $ARGV[0] or die; socket(my $s, AF_UNIX, SOCK_DGRAM, 0);' +
    'send($s, "MAINPID=1\\nREADY=1\\nSTATUS=up", 0, pack_sockaddr_un("notify.sock")) or die $!';
  const { runtime } = testHome();
  await runTspod(['-e', send, `${runtime}/tspod/containers/${id}/notify`], { program: 'perl' });
  names.push(await start(['--sdnotify=healthy', '--health-cmd=true', '--health-interval=1s']));
  await waitFor('the last message', () => manager.lines().length === 5);
  assert.deepEqual(
    manager.lines().map((line) => line.replace(/=\d{2,}/, '=PID')),
    ['MAINPID=PID|READY=1', 'MAINPID=PID', 'READY=1|STATUS=up', 'MAINPID=PID', 'READY=1'],
  );
  await runTspod(['rm', '--force', '--time=0', ...names]);
  manager.close();
  const wrong = await runTspod([...RUN, '--sdnotify=healthy', 'busybox', 'true'], { expectCode: 125 });
  assert.match(wrong.stderr, /sdnotify policy "healthy" requires a healthcheck/);
});

function hookFolder(stages: readonly string[], script: string, hook: object = {}): string {
  const folder = testFolder('hooks');
  writeFileSync(`${folder}/hook.sh`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const file = {
    version: '1.0.0',
    hook: { path: `${folder}/hook.sh`, ...hook },
    when: { always: true },
    stages,
  };
  writeFileSync(`${folder}/hook.json`, JSON.stringify(file));
  return folder;
}

test('hooks are told of the container at every stage, in order', async () => {
  const folder = testFolder();
  const stages = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];
  const hooks = hookFolder(stages, `cat >>${folder}/out; echo >>${folder}/out`);
  await runTspod([
    '--hooks-dir',
    hooks,
    ...RUN,
    '-v',
    `${folder}:${folder}`,
    '-v',
    `${hooks}:${hooks}`,
    '--annotation=a={pid}',
    'busybox',
    'true',
  ]);
  const states = readFileSync(`${folder}/out`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { status: string; pid: number; annotations: Record<string, string> });
  const expected = ['created', 'created', 'created', 'starting', 'running', 'stopped'];
  assert.deepEqual(states.map(({ status }) => status).sort(), expected.sort());
  assert.equal(states[0]?.annotations['a'], '{pid}');
  assert.ok((states[0]?.pid ?? 0) > 1);
});

for (const stage of ['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop']) {
  test(`a ${stage} hook that fails ${stage.startsWith('post') ? 'changes nothing' : 'stops the start'}`, async () => {
    const hooks = hookFolder([stage], 'echo broken >&2; exit 3');
    const code = stage.startsWith('post') ? 0 : 126;
    const { stderr } = await runTspod(['--hooks-dir', hooks, ...RUN, 'busybox', 'true'], {
      expectCode: code,
    });
    assert.match(stderr, code === 0 ? /^$/ : /error executing hook ".*hook.sh" \(exit code: 3\): broken/);
    assert.equal((await runTspod(['ps', '--all', '--quiet'])).stdout, '');
  });
}

test('a hook that does not end is killed, and one for others is not run', async () => {
  const late = hookFolder(['prestart'], 'exec sleep 100', { timeout: 1 });
  const { stderr } = await runTspod(['--hooks-dir', late, ...RUN, 'busybox', 'true'], { expectCode: 126 });
  assert.match(stderr, /did not end within 1 seconds/);
  const other = hookFolder(['prestart'], 'exit 1');
  const text = readFileSync(`${other}/hook.json`, 'utf8').replace(
    '{"always":true}',
    '{"annotations":{"k":"v"}}',
  );
  writeFileSync(`${other}/hook.json`, text);
  await runTspod(['--hooks-dir', other, ...RUN, 'busybox', 'true']);
  await runTspod(['--hooks-dir', other, ...RUN, '--annotation=k=v', 'busybox', 'true'], { expectCode: 126 });
});

test('precreate hooks change the configuration, one after the other', async () => {
  const [first, second] = [
    hookFolder(['precreate'], `sed 's/"one"/"two"/'`, { args: ['hook', 'x'] }),
    hookFolder(['precreate'], `echo "$A" >&2; sed "s/two/$A/"`, { env: ['A=three'], timeout: 60 }),
  ];
  renameSync(`${second}/hook.json`, `${second}/other.json`);
  const hooks = ['--hooks-dir', first, '--hooks-dir', second];
  const { stdout } = await runTspod([...hooks, ...RUN, 'busybox', 'echo', 'one']);
  assert.equal(stdout, 'three\n');
});

const WRONG_FILTERS: readonly (readonly [script: string, message: RegExp])[] = [
  ['echo bad', /setting up OCI Hooks: unmarshal output from config-filter hook 0: /],
  ['echo {}', /output from config-filter hook 0: process.args, .* have to be there/],
  ['echo oops >&2; exit 3', /setting up OCI Hooks: executing ".*hook.sh": exit status 3: oops/],
  ['exec sleep 100', /setting up OCI Hooks: executing ".*hook.sh": it took more than 1 seconds/],
];
for (const [script, message] of WRONG_FILTERS) {
  test(`a precreate hook "${script}" stops the start`, async () => {
    const hooks = hookFolder(['precreate'], script, { timeout: 1 });
    const { stderr } = await runTspod(['--hooks-dir', hooks, ...RUN, 'busybox', 'true'], { expectCode: 126 });
    assert.match(stderr, message);
    assert.equal((await runTspod(['ps', '--all', '--quiet'])).stdout, '');
  });
}

test('devices are found by their CDI names', async () => {
  const folder = testFolder('cdi');
  writeFileSync(
    `${folder}/vendor.yaml`,
    `kind: vendor.com/class\ndevices:\n- name: one\n  containerEdits:\n    env: [FOO=bar]\n    deviceNodes: [{path: /dev/mine, hostPath: /dev/null}]\n    mounts: [{hostPath: ${folder}, containerPath: /cdi, options: [ro]}]\n`,
  );
  writeFileSync(`${folder}/conf`, `[engine]\ncdi_spec_dirs = ["${folder}"]\n`);
  const env = { CONTAINERS_CONF_OVERRIDE: `${folder}/conf` };
  const script = 'echo $FOO; stat -c %t:%T /dev/mine; ls /cdi/vendor.yaml; touch /cdi/x';
  const { stdout } = await runTspod(
    [...RUN, '--device', 'vendor.com/class=one', 'busybox', 'sh', '-c', script],
    { env, expectCode: 1 },
  );
  assert.equal(stdout, 'bar\n1:3\n/cdi/vendor.yaml\n');
  const { stderr } = await runTspod([...RUN, '--gpus=all', 'busybox', 'true'], { env, expectCode: 126 });
  assert.match(stderr, /unresolvable CDI devices nvidia.com\/gpu=all/);
});

test('another OCI runtime is told of hooks, personality and descriptors', async () => {
  const folder = testFolder();
  const hooks = hookFolder(['createRuntime'], 'exit 1');
  const script = `#!/bin/sh\n[ "$3" = create ] || exit 0\necho "$@" >${folder}/args\ncp "$5/config.json" ${folder}\nexit 1\n`;
  writeFileSync(`${folder}/runtime`, script, { mode: 0o755 });
  const options = ['--personality=LINUX32', '--preserve-fds=1'];
  const inner = [`--runtime=${folder}/runtime`, '--hooks-dir', hooks, ...RUN, ...options, 'busybox', 'true'];
  await runTspod(['-c', 'exec "$@" 3</dev/null', 'sh', tspodProgram, ...inner], {
    program: 'sh',
    expectCode: 125,
  });
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as OciSpec;
  assert.equal(config.hooks?.createRuntime?.[0]?.path, `${hooks}/hook.sh`);
  assert.deepEqual(config.linux.personality, { domain: 'LINUX32' });
  assert.match(readFileSync(`${folder}/args`, 'utf8'), / --preserve-fds 1 /);
});
