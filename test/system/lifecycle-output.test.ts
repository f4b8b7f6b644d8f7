import assert from 'node:assert/strict';
import test from 'node:test';
import { tspodProgram } from '../helpers/project';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const NONE = ['--network', 'none'];
const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', ...names]);

test('ps shows what runs, --all everything, with the columns of Podman', async () => {
  const [running, created] = [uniqueName('run'), uniqueName('made')];
  await runTspod(['run', '-d', '--name', running, '--label', 'a=b', ...NONE, 'busybox', 'sleep', '1000']);
  await runTspod(['create', '--name', created, ...NONE, 'busybox', 'true']);
  const [heading = '', line = ''] = (await runTspod(['ps'])).stdout.split('\n');
  assert.deepEqual(heading.split(/\s{2,}/), [
    'CONTAINER ID',
    'IMAGE',
    'COMMAND',
    'CREATED',
    'STATUS',
    'PORTS',
    'NAMES',
  ]);
  assert.match(line, new RegExp(`^[0-9a-f]{12}  localhost/busybox:latest  sleep 1000 .* Up .* ${running}$`));
  const format = '{{.Names}} {{.State}} {{.Label "a"}}|';
  assert.equal(
    (await runTspod(['ps', '-a', '--format', format])).stdout,
    `${running} running b|\n${created} created |\n`,
  );
  assert.equal((await runTspod(['ps', '-l', '--format', '{{.Names}}'])).stdout, `${created}\n`);
  assert.equal((await runTspod(['ps', '-n', '1', '-q'])).stdout.length, 13);
  const table = await runTspod(['ps', '--format', 'table {{.Names}} {{.Image}}']);
  assert.match(table.stdout, /^NAMES +IMAGE\n/);
  const rows = JSON.parse((await runTspod(['ps', '-a', '--format', 'json'])).stdout) as {
    Names: string[];
    State: string;
  }[];
  assert.deepEqual(
    rows.map(({ Names, State }) => [Names[0], State]),
    [
      [running, 'running'],
      [created, 'created'],
    ],
  );
  assert.match((await runTspod(['ps', '--size'])).stdout, /SIZE\n.* \d+B \(virtual \d/);
  assert.match((await runTspod(['ps', '--ns'])).stdout, /UTS\n.* \d{10}/);
  await remove(running, created);
});

const refused: [string[], RegExp][] = [
  [['ps', '--filter', 'nope=1'], /nope is an invalid filter/],
  [['ps', '-q', '-s'], /quiet conflicts with size and namespace/],
  [['ps', '--sort', 'foo'], /--sort/],
  [['stop'], /you must provide at least one name or id/],
  [['logs', 'nope'], /no container with name or ID "nope" found: no such container/],
  [['exec', 'nope', 'true'], /no container with name or ID "nope" found: no such container/],
  [['inspect', 'nope'], /no such object: "nope"/],
  [['inspect', '--type', 'foo', 'x'], /invalid type "foo"/],
  [['top'], /you must provide the name or id of a running container/],
  [['port', '--all', 'x'], /no arguments are needed with --all/],
];
for (const [args, message] of refused) {
  test(`tspod ${args.join(' ')} is refused`, async () => {
    assert.match((await runTspod(args, { expectCode: 125 })).stderr, message);
  });
}

test('inspect has the parts of Podman, for containers and images', async () => {
  const name = uniqueName();
  const options = [
    '--env',
    'A=b',
    '--memory-reservation',
    '0',
    '--hostname',
    'there',
    '--tmpfs',
    '/t',
    '-w',
    '/etc',
  ];
  await runTspod([
    'create',
    '--name',
    name,
    ...NONE,
    ...options.filter((word) => !/^(--memory|0$)/.test(word)),
    'busybox',
    'id',
  ]);
  const { stdout } = await runTspod(['inspect', '--size', name]);
  const [found] = JSON.parse(stdout) as Record<string, Record<string, unknown>>[];
  assert.equal(found?.['Config']?.['Hostname'], 'there');
  assert.equal(found?.['Config']?.['WorkingDir'], '/etc');
  assert.ok((found?.['Config']?.['Env'] as string[]).includes('A=b'));
  assert.deepEqual(Object.keys(found?.['HostConfig']?.['Tmpfs'] as object), ['/t']);
  assert.equal(found?.['State']?.['Status'], 'created');
  assert.equal(found?.['State']?.['StartedAt'], '0001-01-01T00:00:00Z');
  assert.equal(found?.['SizeRw'], 0);
  assert.match((await runTspod(['inspect', '--format', '{{.Id}}', 'busybox'])).stdout, /^[0-9a-f]{64}\n$/);
  await remove(name);
});

test('logs keep streams apart, follow to the end, and are cut by --tail', async () => {
  const name = uniqueName();
  const script = 'echo one; echo two >&2; sleep 0.3; printf last';
  await runTspod(['run', '-d', '--name', name, ...NONE, 'busybox', 'sh', '-c', script]);
  const followed = await runTspod(['logs', '--follow', name]);
  assert.equal(followed.stdout, 'one\nlast');
  assert.equal(followed.stderr, 'two\n');
  assert.equal((await runTspod(['logs', '--tail', '1', name])).stdout, 'last');
  assert.match((await runTspod(['logs', '-t', name])).stdout, /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+) one\n/);
  assert.equal((await runTspod(['logs', '--until', '-1h', name])).stdout, '');
  assert.equal((await runTspod(['logs', '--since', '1h', '--until', '1h', name])).stdout, 'one\nlast');
  await remove(name);
});

test('logs lose nothing when the log is rotated', async () => {
  const name = uniqueName();
  const script = 'i=0; while [ $i -lt 400 ]; do echo line-$i; i=$((i+1)); done';
  const options = ['--log-opt', 'max-size=10k', '--log-opt', 'max-file=9'];
  await runTspod(['run', '-d', '--name', name, ...NONE, ...options, 'busybox', 'sh', '-c', script]);
  const expected = Array.from({ length: 400 }, (_, index) => `line-${index}\n`).join('');
  assert.equal((await runTspod(['logs', '-f', name])).stdout, expected);
  assert.equal((await runTspod(['logs', name])).stdout, expected);
  await remove(name);
});

test('exec --preserve-fds gives the program descriptors of the caller', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, ...NONE, 'busybox', 'sleep', '1000']);
  const script = `exec 3</proc/sys/kernel/ostype 4</dev/null; exec ${tspodProgram} exec --preserve-fds "$1" ${name} sh -c "$2"`;
  const inShell = (count: number, command: string, expectCode = 0) =>
    runTspod(['-c', script, 'sh', String(count), command], { program: '/bin/sh', expectCode });
  assert.equal((await inShell(2, 'cat <&3; readlink /proc/self/fd/4')).stdout, 'Linux\n/dev/null\n');
  assert.equal((await inShell(1, 'test -e /proc/self/fd/4 || echo none')).stdout, 'none\n');
  assert.match((await inShell(3, 'true', 125)).stderr, /file descriptor 5 is not available/);
  await remove(name);
});

test('a tag of the log that no field of the container answers is an error of the start', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, '--log-opt', 'tag={{.Nope}}', 'busybox', 'true']);
  assert.match((await runTspod(['start', name], { expectCode: 125 })).stderr, /tag=\{\{\.Nope\}\}: .*Nope/);
  await remove(name);
  await runTspod(['run', '--rm', ...NONE, '--log-opt', 'tag={{.Name}}', 'busybox', 'true']);
});

test('logs of a container with the driver none are refused', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, '--log-driver', 'none', 'busybox', 'true']);
  const { stderr } = await runTspod(['logs', name], { expectCode: 125 });
  assert.match(stderr, /this container is using the 'none' log driver, cannot read logs/);
  await remove(name);
});

test('top shows the processes of a container with the names of its users', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, ...NONE, 'busybox', 'sleep', '1000']);
  await runTspod(['exec', '-d', '--user', 'nobody', name, 'sleep', '2000']);
  const { stdout } = await waitFor('both processes', async () => {
    const result = await runTspod(['top', name, 'user,pid', 'args']);
    return result.stdout.includes('2000') && result;
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s{2,}/));
  assert.deepEqual(lines[0], ['USER', 'PID', 'COMMAND']);
  assert.deepEqual(lines[1], ['root', '1', 'sleep 1000']);
  assert.equal(lines[2]?.[0], 'nobody');
  assert.match(
    (await runTspod(['top', name])).stdout,
    /^USER +PID +PPID +%CPU +ELAPSED +TTY +TIME +COMMAND\n/,
  );
  assert.match(
    (await runTspod(['top', name, 'nope'], { expectCode: 125 })).stderr,
    /unknown descriptor "nope"/,
  );
  await runTspod(['kill', name]);
  await runTspod(['wait', name]);
  for (const words of [[], ['-ef'], ['aux']]) {
    const { stderr } = await runTspod(['top', name, ...words], { expectCode: 125 });
    assert.match(stderr, /^Error: top can only be used on running containers\nhint: start it/);
  }
  await remove(name);
});

test('port tells where ports are published', async () => {
  const name = uniqueName();
  await runTspod(words`create --name ${name} -p 127.0.0.1:18080-18081:80-81 -p 15353:53/udp busybox true`);
  assert.equal(
    (await runTspod(['port', name])).stdout,
    '53/udp -> 0.0.0.0:15353\n80/tcp -> 127.0.0.1:18080\n81/tcp -> 127.0.0.1:18081\n',
  );
  assert.equal((await runTspod(['port', name, '81'])).stdout, '127.0.0.1:18081\n');
  assert.match(
    (await runTspod(['port', name, '53'], { expectCode: 125 })).stderr,
    /failed to find published port "53"/,
  );
  await remove(name);
});

test('exec has the variables, directory, user and exit status that are asked for', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, ...NONE, '--env', 'A=own', 'busybox', 'sleep', '1000']);
  const script = 'echo $A $B; pwd; id -un; exit 11';
  const options = ['--env', 'B=added', '--workdir', '/tmp', '--user', 'nobody'];
  const { stdout } = await runTspod(['exec', ...options, name, 'sh', '-c', script], { expectCode: 11 });
  assert.equal(stdout, 'own added\n/tmp\nnobody\n');
  const piped = await runTspod(['exec', '-i', name, 'cat'], { stdin: 'through' });
  assert.equal(piped.stdout, 'through');
  assert.equal((await runTspod(['exec', name, 'cat'], { stdin: 'nothing' })).stdout, '');
  const bounding = async (...words: string[]) =>
    (await runTspod(['exec', ...words, name, 'grep', 'CapBnd', '/proc/self/status'])).stdout;
  assert.match(await bounding(), /00000000800405fb/);
  assert.match(await bounding('--user', 'nobody'), /00000000800405fb/);
  assert.doesNotMatch(await bounding('--privileged'), /00000000800405fb/);
  await runTspod(['exec', name, 'no-such-program'], { expectCode: 127 });
  await runTspod(['exec', name, '/etc'], { expectCode: 126 });
  await runTspod(['exec', '-u', 'nosuchuser', name, 'true'], { expectCode: 255 });
  for (const options of [
    [name, 'no-such-program'],
    [name, '/etc'],
    ['-u', 'nosuchuser', name, 'true'],
  ])
    await runTspod(['exec', '-d', ...options], { expectCode: 125 });
  await remove(name);
});

test('exec passes signals on to its program, which ends alone', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, ...NONE, 'busybox', 'sleep', '1000']);
  const script = 'trap "exit 21" TERM; echo ready; while :; do sleep 0.05; done';
  const running = startTspod(['exec', name, 'sh', '-c', script]);
  await waitFor('the program', () => running.stdout() === 'ready\n');
  running.child.kill('SIGTERM');
  assert.equal((await running.finished).code, 21);
  assert.equal((await runTspod(['ps', '-q', '--filter', `name=${name}`])).stdout.length, 13);
  await remove(name);
});
