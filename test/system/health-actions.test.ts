import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { BY_HAND, check, healthOf, inspect, PATIENCE, remove, startChecked } from '../helpers/health';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { waitFor } from '../helpers/wait-for';

test('the regular check begins when the startup check has succeeded', async () => {
  const startup = ['--health-startup-cmd', 'test -e /ok', '--health-startup-success', '2'];
  const name = await startChecked([
    ...BY_HAND,
    '--health-startup-interval',
    'disable',
    ...startup,
    '--health-cmd',
    'echo regular',
  ]);
  assert.equal(await check(name), '1 starting');
  await runTspod(['exec', name, 'touch', '/ok']);
  assert.equal(await check(name), '0');
  assert.equal(await check(name), '0');
  assert.equal((await healthOf(name)).Status, 'starting');
  assert.equal(await check(name), '0');
  const { Status, Log } = await healthOf(name);
  assert.deepEqual([Status, Log?.at(-1)?.Output], ['healthy', 'regular\n']);
  await remove(name);
});

test('a startup check that fails too often restarts the container', async () => {
  const startup = [
    '--health-startup-cmd',
    'test -e /ok',
    '--health-startup-interval',
    '1s',
    '--health-startup-retries',
    '1',
  ];
  const volume = testFolder();
  const options = ['-v', `${volume}:/v`, '--health-cmd', 'true', '--health-interval', '1s', ...startup];
  const name = await startChecked(options, [
    'sh',
    '-c',
    'test -e /v/again && touch /ok; touch /v/again; exec sleep 1000',
  ]);
  await runTspod(['wait', '--condition', 'healthy', name]);
  assert.notEqual(await inspect(name, '{{.RestartCount}}'), '0');
  await remove(name);
});

test('what is done to an unhealthy container is what was asked for', async () => {
  const endings = { kill: 'exited 137 0', stop: 'exited 5 0' };
  const trap = ['sh', '-c', 'trap "exit 5" TERM; while :; do sleep 0.05; done'];
  for (const [action, expected] of Object.entries(endings)) {
    const policy = [
      '--health-retries',
      '1',
      '--health-on-failure',
      action,
      '--restart',
      'always',
      '--stop-timeout',
      '30',
    ];
    const name = await startChecked([...BY_HAND, '--health-cmd', 'false', ...policy], trap);
    assert.equal(await check(name), '1 unhealthy');
    await runTspod(['wait', name]);
    const state = '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} {{.State.Health.Status}}';
    assert.equal(await inspect(name, state), `${expected} unhealthy`);
    assert.match(await check(name), /^125 Error: container [0-9a-f]{64} is not running$/);
    await remove(name);
  }
});

test('an unhealthy container is restarted without a restart policy, unless a user stops it', async () => {
  const volume = testFolder();
  const policy = ['--health-retries', '1', '--health-on-failure', 'restart', '--health-interval', '1s'];
  const name = await startChecked(
    ['-v', `${volume}:/v`, ...policy, '--health-cmd', 'test -e /v/ok'],
    [...['sh', '-c', 'test -e /v/again && touch /v/ok; touch /v/again; exec sleep 1000']],
  );
  await runTspod(['wait', '--condition', 'healthy', name]);
  assert.notEqual(await inspect(name, '{{.RestartCount}}'), '0');
  assert.equal((await healthOf(name)).FailingStreak, 0);
  await runTspod(['stop', '-t', '0', name]);
  assert.equal(await inspect(name, '{{.State.Status}} {{.State.Health.Status}}'), 'exited stopped');
  await remove(name);
});

test('a container that ends during a probe ends the probe, and who waits for it is told', async () => {
  const name = await startChecked([
    ...BY_HAND,
    '--pid',
    'host',
    '--health-cmd',
    'touch /begun; exec sleep 4242.5',
  ]);
  const running = startTspod(['healthcheck', 'run', name]);
  const upper = join(
    testHome().home,
    '.local/share/tspod/containers',
    await inspect(name, '{{.Id}}'),
    'upper/begun',
  );
  await waitFor('the probe', () => existsSync(upper), PATIENCE);
  await runTspod(['stop', '-t', '0', name]);
  const { code, stdout } = await running.finished;
  assert.deepEqual([code, stdout], [1, 'stopped\n']);
  await waitFor('its end', () => !isRunning('sleep\x004242.5\x00'), PATIENCE);
  await remove(name);
});

/** Whether a process has this command line. */
function isRunning(commandLine: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === commandLine;
    } catch {
      return false;
    }
  });
}
