import assert from 'node:assert/strict';
import test from 'node:test';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const NONE = ['--network', 'none'];
const SLEEP = ['busybox', 'sleep', '1000'];
const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', ...names]);

/** Starts a container in the background and returns its name and id. */
async function detached(...args: string[]): Promise<{ name: string; id: string }> {
  const name = uniqueName();
  const { stdout } = await runTspod(['run', '-d', '--name', name, ...NONE, ...args]);
  return { name, id: stdout.trim() };
}

const show = async (name: string, format: string): Promise<string> =>
  (await runTspod(['inspect', '--format', format, name])).stdout.trim();

test('update --restart is in force at once: the monitor of a running container restarts it', async () => {
  const { name, id } = await detached(
    'busybox',
    'sh',
    '-c',
    'while [ ! -e /end ]; do sleep 0.05; done; exit 3',
  );
  const { stdout } = await runTspod(['update', '--restart', 'on-failure:2', name]);
  assert.equal(stdout, `${id}\n`);
  assert.equal(
    await show(name, '{{json .HostConfig.RestartPolicy}}'),
    '{"Name":"on-failure","MaximumRetryCount":2}',
  );
  await runTspod(['exec', name, 'touch', '/end']);
  const seen = await waitFor('its end', async () => {
    const text = await show(name, '{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}');
    return text.includes('exited') ? text : undefined;
  });
  assert.equal(seen, '2 exited 3');
  await remove(name);
});

test('update --restart no ends the restarts of a running container', async () => {
  const { name } = await detached(
    '--restart',
    'always',
    'busybox',
    'sh',
    '-c',
    'while [ ! -e /end ]; do sleep 0.05; done',
  );
  await runTspod(['update', '--restart', 'no', name]);
  await runTspod(['exec', name, 'touch', '/end']);
  assert.equal((await runTspod(['wait', name])).stdout, '0\n');
  assert.equal(await show(name, '{{.RestartCount}} {{.State.Status}}'), '0 exited');
  await remove(name);
});

test('update --env and --unsetenv are for the next start, also one by the monitor', async () => {
  const { name } = await detached(
    ...['--restart', 'on-failure:1', '-e', 'OLD=1', '-e', 'GONE=1', 'busybox'],
    ...['sh', '-c', 'echo "$OLD/$NEW/$GONE"; while [ ! -e /end ]; do sleep 0.05; done; exit 1'],
  );
  await runTspod(['update', '--env', 'NEW=2', '--env', 'OLD=3', '--unsetenv', 'GONE', name]);
  await runTspod(['exec', name, 'touch', '/end']);
  await runTspod(['wait', name]);
  assert.equal((await runTspod(['logs', name])).stdout, '1//1\n3/2/\n');
  await remove(name);
});

test('a stopped container has what was changed: record, inspect, and its copies', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, '-e', 'A=1', '-v', '/data', ...SLEEP]);
  await runTspod(['update', '-m', '64m', '--cpus', '0.5', '--pids-limit', '7', '--env', 'B=2', name]);
  const format = '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}';
  assert.equal(await show(name, format), '67108864 500000000 7');
  const { stdout } = await runTspod(['container', 'clone', '--pids-limit', '9', name]);
  assert.equal(await show(stdout.trim(), `{{.Name}} ${format}`), `${name}-clone 67108864 500000000 9`);
  assert.match(await show(`${name}-clone`, '{{json .Config.Env}}'), /"A=1","B=2"/);
  const volume = '{{range .Mounts}}{{.Name}}{{end}}';
  assert.notEqual(await show(name, volume), await show(`${name}-clone`, volume));
  await runTspod(['rm', '-f', '-v', name, `${name}-clone`]);
});

test('a limit that has no controller is refused with the cure, and nothing is changed', async () => {
  const { name } = await detached('--cgroups', 'disabled', ...SLEEP);
  const { stderr } = await runTspod(['update', '--memory', '64m', name], { expectCode: 125 });
  assert.match(stderr, /--cgroups=disabled: it cannot have limits/);
  assert.equal(await show(name, '{{.HostConfig.Memory}}'), '0');
  await remove(name);
});

const wrong: [string[], RegExp][] = [
  [[], /accepts 1 arg\(s\), received 0/],
  [['a', 'b'], /accepts at most 1 arg\(s\), received 2/],
  [['nosuch'], /no container with name or ID "nosuch" found/],
  [['--memory', 'xyz', 'a'], /invalid value for memory: invalid size "xyz"/],
  [['--restart', 'foo', 'a'], /"foo" is not a valid restart policy/],
  [['--memory-swappiness', '10', 'a'], /--memory-swappiness=10 is not supported/],
  [['--cpu-rt-period', '5', 'a'], /--cpu-rt-period is not supported/],
];
for (const [args, message] of wrong) {
  test(`update ${args.join(' ')} is an error`, async () => {
    const { stderr } = await runTspod(['update', ...args], { expectCode: 125 });
    assert.match(stderr, message);
  });
}

test('stats shows running containers, all of them, or those that are named', async () => {
  const { name, id } = await detached('busybox', 'sh', '-c', 'sleep 1000 & sleep 1001 & wait');
  const idle = uniqueName();
  await runTspod(['create', '--name', idle, ...SLEEP]);
  await waitFor('its processes', async () => {
    const { stdout } = await runTspod(['stats', '--no-stream', '--format', '{{.PIDs}}', name]);
    return stdout === '3\n';
  });
  const table = (await runTspod(['stats', '--no-stream'])).stdout.trimEnd().split('\n');
  assert.match(
    table[0] ?? '',
    /^ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET IO +BLOCK IO +PIDS +CPU TIME +AVG CPU %$/,
  );
  assert.equal(table.filter((line) => line.startsWith(id.slice(0, 12))).length, 1);
  assert.ok(!table.some((line) => line.includes(idle)));
  const all = (
    await runTspod(['stats', '--no-stream', '--all', '--no-trunc', '--format', '{{.ID}} {{.Name}}'])
  ).stdout;
  assert.ok(all.includes(`${id} ${name}\n`) && all.includes(` ${idle}\n`));
  const [one] = JSON.parse(
    (await runTspod(['stats', '--no-stream', '--format', 'json', name])).stdout,
  ) as object[];
  assert.deepEqual(Object.keys(one ?? {}), [
    ...[
      'id',
      'name',
      'cpu_time',
      'cpu_percent',
      'avg_cpu',
      'mem_usage',
      'mem_percent',
      'net_io',
      'block_io',
      'pids',
    ],
  ]);
  const memory = await runTspod(['stats', '--no-stream', '--format', '{{.MemUsageBytes}}', name]);
  assert.match(memory.stdout, /^[1-9][\d.]*[KM]iB \/ [\d.]+GiB\n$/);
  await remove(name, idle);
});

test('stats streams until it is ended, and a container that is removed is left out', async () => {
  const { name } = await detached(...SLEEP);
  const running = startTspod(['stats', '--interval', '1', '--format', '{{.Name}} {{.CPUPerc}}', name]);
  const looks = (): number => running.stdout().split('\n').length - 1;
  await waitFor('a second look', () => looks() >= 2);
  await remove(name);
  running.child.kill('SIGTERM');
  assert.equal((await running.finished).code, 143);
  assert.match(running.stdout(), new RegExp(`^(${name} \\d+\\.\\d\\d%\n)+$`));
});

test('stats says why figures are not those of a control group', async () => {
  const { name } = await detached('--cgroups', 'disabled', ...SLEEP);
  const { stdout, stderr } = await runTspod(['stats', '--no-stream', '--format', '{{.PIDs}}', name]);
  assert.equal(stdout, '1\n');
  assert.match(stderr, new RegExp(`without a control group \\(${name}\\): .*BLOCK IO is not known`));
  await remove(name);
});

const wrongStats: [string[], RegExp][] = [
  [['nosuch'], /unable to get list of containers: .*no container with name or ID "nosuch" found/],
  [['--all', 'a'], /--all, --latest and containers cannot be used together/],
  [['--interval', '0'], /invalid interval, must be a positive number greater zero/],
  [['--format', '{{.Name'], /template: stats:/],
];
for (const [args, message] of wrongStats) {
  test(`stats --no-stream ${args.join(' ')} is an error`, async () => {
    const name = uniqueName();
    await runTspod(['create', '--name', name, ...SLEEP]);
    const { stderr } = await runTspod(['stats', '--no-stream', ...args], { expectCode: 125 });
    assert.match(stderr, message);
    await remove(name);
  });
}

test('container clone: names, --destroy, --run, and what contradicts', async () => {
  const { name } = await detached(...SLEEP);
  const clone = (expectCode: number, ...args: string[]) =>
    runTspod(['container', 'clone', ...args], { expectCode });
  await clone(0, name);
  await clone(0, '--name', 'passed-over', name, `${name}-own`);
  await clone(0, '--run', name);
  const list = await runTspod(['ps', '-a', '--filter', `name=${name}`, '--format', '{{.Names}} {{.State}}']);
  assert.deepEqual(list.stdout.trim().split('\n'), [
    ...[`${name} running`, `${name}-clone created`, `${name}-own created`, `${name}-clone1 running`],
  ]);
  assert.match((await clone(125, '--destroy', name)).stderr, /as it is running/);
  assert.match((await clone(125, '--force', name)).stderr, /cannot set --force without --destroy/);
  assert.match((await clone(125, name, `${name}-own`)).stderr, /already in use/);
  assert.match((await clone(125)).stderr, /accepts between 1 and 3 arg\(s\), received 0/);
  await clone(0, '--destroy', `${name}-own`, `${name}-last`);
  await runTspod(['container', 'exists', `${name}-own`], { expectCode: 1 });
  await remove(name, `${name}-clone`, `${name}-clone1`, `${name}-last`);
});

test('container cleanup leaves what runs, removes with --rm, and takes no notice of what is gone', async () => {
  const { name } = await detached(...SLEEP);
  const running = await runTspod(['container', 'cleanup', name]);
  assert.equal(running.stdout, `${name}\n`);
  assert.match(running.stderr, /is running or paused: it is left as it is/);
  const refused = await runTspod(['container', 'cleanup', '--rm', name], { expectCode: 125 });
  assert.match(refused.stderr, /failed to clean up and remove container .* as it is running/);
  await runTspod(['kill', name]);
  await runTspod(['wait', name]);
  assert.equal((await runTspod(['container', 'cleanup', '--rm', name])).stdout, `${name}\n`);
  assert.equal((await runTspod(['container', 'cleanup', name])).stdout, '');
  const conflict = await runTspod(['container', 'cleanup', '--all', '--exec', 'x'], { expectCode: 125 });
  assert.match(conflict.stderr, /--all and --exec cannot be set together/);
});

for (const verb of ['checkpoint', 'restore']) {
  test(`container ${verb} says what it needs`, async () => {
    const { stderr } = await runTspod(['container', verb, 'any'], { expectCode: 125 });
    assert.match(stderr, /requires root: CRIU needs[^]*^hint: tspod commit/m);
  });
}
