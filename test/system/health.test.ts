import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { BY_HAND, check, healthOf, inspect, PATIENCE, remove, startChecked } from '../helpers/health';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { waitFor } from '../helpers/wait-for';

/** Processes in the container, with their state, without the `ps` itself. */
async function processes(name: string): Promise<string[]> {
  const { stdout } = await runTspod(['exec', name, 'ps', '-o', 'stat,args']);
  return stdout
    .trim()
    .split('\n')
    .slice(1)
    .filter((line) => !line.includes('ps -o'));
}

test('probes come by themselves, make a container healthy, and unhealthy after so many failures', async () => {
  const name = await startChecked([
    '--health-cmd',
    'test ! -e /bad',
    '--health-interval',
    '1s',
    '--health-retries',
    '2',
  ]);
  assert.equal((await runTspod(['wait', '--condition', 'healthy', name])).stdout, '-1\n');
  assert.match(
    (await runTspod(['ps', '--filter', `name=${name}`, '--format', '{{.Status}}'])).stdout,
    /^Up .* \(healthy\)\n$/,
  );
  await runTspod(['exec', name, 'touch', '/bad']);
  await runTspod(['wait', '--condition', 'unhealthy', name]);
  const { Status, FailingStreak, Log } = await healthOf(name);
  assert.equal(Status, 'unhealthy');
  assert.ok(FailingStreak >= 2, `the streak is ${FailingStreak}`);
  assert.equal(Log?.at(-1)?.ExitCode, 1);
  const found = await runTspod(['ps', '-q', '--no-trunc', '--filter', 'health=unhealthy']);
  assert.equal(found.stdout.trim(), await inspect(name, '{{.Id}}'));
  await runTspod(['exec', name, 'rm', '/bad']);
  await runTspod(['wait', '--condition', 'healthy', name]);
  await runTspod(['stop', '-t', '0', name]);
  assert.equal(
    await inspect(name, '{{.State.Health.Status}} {{.State.Healthcheck.Status}}'),
    'stopped stopped',
  );
  await remove(name);
});

test('a probe is a program of the container: its user, directory, variables and limits; its output is kept', async () => {
  const options = [
    '--user',
    '33:44',
    '--workdir',
    '/tmp',
    '--env',
    'A=b c',
    '--cap-drop',
    'all',
    '--read-only',
  ];
  const line = 'id -u; id -g; pwd; echo "$A"; grep -E "CapBnd|Seccomp:" /proc/self/status; echo oops >&2';
  const name = await startChecked([...options, ...BY_HAND, '--health-cmd', line]);
  assert.equal(await check(name), '0');
  const program = (await runTspod(['exec', name, 'sh', '-c', line])).stdout;
  const { Status, FailingStreak, Log } = await healthOf(name);
  assert.deepEqual([Status, FailingStreak, Log?.length], ['healthy', 0, 1]);
  assert.equal(Log?.[0]?.Output, `${program}oops\n`);
  assert.equal(Log[0].ExitCode, 0);
  assert.ok(Date.parse(Log[0].Start) <= Date.parse(Log[0].End));
  await remove(name);
});

test('a probe joins containers with ids and namespaces of their own', async () => {
  const kinds = [
    ['--userns', 'keep-id'],
    ['--uidmap', '0:1:1000'],
    ['--pid', 'host', '--ipc', 'host'],
    ['--init', '-t'],
  ];
  for (const kind of kinds) {
    const line = 'id -u; for n in user mnt pid ipc; do readlink /proc/self/ns/$n; done';
    const name = await startChecked([...kind, ...BY_HAND, '--health-cmd', line]);
    assert.equal(await check(name), '0', kind.join(' '));
    const { stdout } = await runTspod(['exec', name, 'sh', '-c', line]);
    assert.equal((await healthOf(name)).Log?.[0]?.Output, stdout, kind.join(' '));
    await remove(name);
  }
});

test('a probe whose time is over is killed with all that it has started, and leaves no zombies', async () => {
  const line = 'echo begun; (sleep 3331 & sleep 3332) & sleep 3333';
  const name = await startChecked([
    ...BY_HAND,
    '--health-cmd',
    line,
    '--health-timeout',
    '1s',
    '--health-retries',
    '1',
  ]);
  assert.equal(await check(name), '125 Error: healthcheck command exceeded timeout of 1s');
  const { Status, Log } = await healthOf(name);
  assert.deepEqual([Status, Log?.[0]?.ExitCode, Log?.[0]?.Output], ['unhealthy', -1, 'begun\n']);
  assert.deepEqual(await processes(name), ['S    sleep 1000']);
  await remove(name);
});

test('a program that is not there makes the container unhealthy, and says why', async () => {
  const name = await startChecked([...BY_HAND, '--health-cmd', '["nosuch","x"]', '--health-retries', '1']);
  assert.equal(await check(name), '1 unhealthy');
  const { Status, Log } = await healthOf(name);
  assert.equal(Status, 'unhealthy');
  assert.match(Log?.[0]?.Output ?? '', /"nosuch" not found/);
  await remove(name);
});

test('failures in the start period do not count', async () => {
  const name = await startChecked([
    ...BY_HAND,
    '--health-cmd',
    'false',
    '--health-start-period',
    '1h',
    '--health-retries',
    '1',
  ]);
  assert.equal(await check(name), '1 unhealthy');
  const { Status, FailingStreak } = await healthOf(name);
  assert.deepEqual([Status, FailingStreak], ['starting', 0]);
  await remove(name);
});

test('the log keeps as many results and as much output as was asked for, also in a directory of the user', async () => {
  const directory = testFolder();
  const kept = [
    '--health-max-log-count',
    '2',
    '--health-max-log-size',
    '6',
    '--health-log-destination',
    directory,
  ];
  const name = await startChecked([
    ...BY_HAND,
    ...kept,
    '--health-cmd',
    'echo x >>/n; wc -l </n; printf "\\377é0123456789"',
  ]);
  for (let i = 0; i < 3; i++) assert.equal(await check(name), '0');
  const log = await healthOf(name);
  assert.deepEqual(
    log.Log?.map(({ Output }) => Output),
    ['2\n\ufffdé0', '3\n\ufffdé0'],
  );
  const file = join(directory, `${await inspect(name, '{{.Id}}')}-healthcheck.log`);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), log);
  await runTspod(['restart', '-t', '0', name]);
  assert.deepEqual(await healthOf(name), { Status: 'starting', FailingStreak: 0, Log: null });
  await remove(name);
});

test('a paused container is not probed', needs('cgroup-delegation'), async () => {
  const name = await startChecked([
    '--health-cmd',
    'true',
    '--health-interval',
    '100ms',
    '--health-max-log-count',
    '0',
  ]);
  await runTspod(['wait', '--condition', 'healthy', name]);
  await runTspod(['pause', name]);
  const count = async (): Promise<number> => (await healthOf(name)).Log?.length ?? 0;
  let last = -1;
  await waitFor('a probe that was begun before', async () => last === (last = await count()), {
    interval: 500,
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(await count(), last);
  assert.match(await check(name), /^125 Error: container [0-9a-f]{64} is not running$/);
  await runTspod(['unpause', name]);
  await waitFor('the next probe', async () => (await count()) > last, PATIENCE);
  await remove(name);
});

test('a container without a check says so', async () => {
  const name = await startChecked(['--no-healthcheck']);
  for (const command of [
    ['healthcheck', 'run', name],
    ['wait', '--condition', 'healthy', name],
  ]) {
    const { stderr } = await runTspod(command, { expectCode: 125 });
    assert.match(stderr, /^Error: container [0-9a-f]{64} has no defined healthcheck\n/);
  }
  assert.equal(
    await inspect(name, '{{json .Config.Healthcheck}} {{json .State.Health}}'),
    '{"Test":["NONE"]} null',
  );
  await remove(name);
});

test('contradictions and malformed values are refused with 125', async () => {
  const cases: [string[], RegExp][] = [
    [['--health-cmd', 'x', '--no-healthcheck'], /cannot specify both --no-healthcheck and --health-cmd/],
    [['--health-on-failure', 'kill'], /cannot set on-failure action to kill without a health check/],
    [['--health-startup-cmd', 'x'], /cannot set a startup healthcheck when there is no regular healthcheck/],
    [['--health-cmd', 'x', '--health-interval', 'foo'], /invalid healthcheck-interval: .*"foo"/],
  ];
  for (const [options, message] of cases) {
    const { stderr } = await runTspod(['create', ...options, 'busybox', 'true'], { expectCode: 125 });
    assert.match(stderr, message);
  }
  assert.equal(
    (await runTspod(['healthcheck', 'run', 'nosuch'], { expectCode: 125 })).stderr.split('\n')[0],
    'Error: unable to look up nosuch to perform a health check: no container with name or ID "nosuch" found: no such container',
  );
});

test('with events_logger the results are in the events too, and the log stays where it is', async () => {
  const name = await startChecked([
    ...BY_HAND,
    ...['--health-cmd', 'echo "a<b"; exit 1', '--health-log-destination', 'events_logger'],
  ]);
  assert.equal(await check(name), '1 unhealthy');
  const { Log } = await healthOf(name);
  assert.equal(Log?.[0]?.Output, 'a<b\n');
  assert.equal(await inspect(name, '{{.Config.HealthLogDestination}}'), 'events_logger');
  const filters = ['--filter', `container=${name}`, '--filter', 'event=health_status'];
  const { stdout } = await runTspod(['events', '--stream=false', '--since', '1h', ...filters]);
  const [, streak, log] = /, health_failing_streak=(\d+), health_log=(.*)\)\n$/.exec(stdout) ?? [];
  assert.equal(streak, '1');
  assert.deepEqual(JSON.parse(log ?? ''), Log?.[0]);
  await remove(name);
});
