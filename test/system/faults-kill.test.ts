import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { tspodProgram } from '../helpers/project';
import { storeRoot, testHome } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

/** The container's `key=value` status, as its monitor wrote it. */
function statusOf(id: string): Record<string, string> {
  const text = readFileSync(join(storeRoot(), 'containers', id, 'status'), 'utf8');
  return Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** Whether the process lives; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const isGone = (pid: number) => (): boolean => !isAlive(pid);

async function runDetached(...options: string[]): Promise<{ id: string; pids: Record<string, number> }> {
  const { stdout } = await runTspod(['run', '-d', ...options, 'busybox', 'sleep', '1000']);
  const id = stdout.trim();
  const status = statusOf(id);
  const pid = (key: string): number => Number(status[key]);
  return { id, pids: { first: pid('pid'), monitor: pid('monitor_pid'), network: pid('net_pid') } };
}

async function stateOf(name: string): Promise<string> {
  const format = '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}';
  return (await runTspod(['inspect', '--format', format, name])).stdout.trim();
}

/** Nothing is left of any container of this file's home. */
async function assertClean(): Promise<void> {
  for (const folder of ['containers', 'names'])
    assert.deepEqual(readdirSync(join(storeRoot(), folder)), [], folder);
  await waitFor('the end of all processes', () => ourProcesses().length === 0);
}

/** Helpers of tspod, and of the network, that have to do with this file's home; command lines. */
function ourProcesses(): string[] {
  const { home, runtime } = testHome();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isAlive(Number(name)))
    .filter((pid) => [home, runtime].some((path) => readOf(pid, 'environ').includes(path)))
    .map((pid) => `${pid} ${readOf(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

function readOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

test('a killed monitor takes its container and network helper along, and the next command says so', async () => {
  const name = uniqueName();
  const { id, pids } = await runDetached('--name', name);
  const { first = 0, monitor = 0, network = 0 } = pids;
  assert.ok(network > 0);
  process.kill(monitor, 'SIGKILL');
  await waitFor('the end of the container', isGone(first));
  await waitFor('the end of slirp4netns', isGone(network));

  const listed = await runTspod(['ps', '-a', '--format', '{{.Names}} {{.State}}']);
  assert.equal(listed.stdout, `${name} exited\n`);
  assert.equal(await stateOf(name), 'exited -1 exited, status unknown: monitor was killed');
  assert.equal(statusOf(id)['phase'], 'exited');
  await runTspod(['start', name]);
  assert.match(await stateOf(name), /^running 0/);
  assert.equal((await runTspod(['exec', name, 'echo', 'in'])).stdout, 'in\n');
  await runTspod(['rm', '-f', '-t', '0', name]);
  await assertClean();
});

test('container exists does not tell of a container with --rm that has lost its monitor', async () => {
  const name = uniqueName();
  const { pids } = await runDetached('--rm', '--name', name, '--network', 'none');
  process.kill(pids['monitor'] ?? 0, 'SIGKILL');
  await waitFor('the end of the monitor', isGone(pids['monitor'] ?? 0));
  await runTspod(['container', 'exists', name], { expectCode: 1 });
  await assertClean();
});

test('a killed monitor of a foreground run ends tspod with 125 and a message; --rm removes it later', async () => {
  const name = uniqueName();
  const args = words`run --rm --name ${name} --network none busybox sh -c 'echo up; sleep 1000'`;
  const running = startTspod(args);
  await waitFor('its output', () => running.stdout() === 'up\n');
  const [id = ''] = readdirSync(join(storeRoot(), 'containers'));
  process.kill(Number(statusOf(id)['monitor_pid']), 'SIGKILL');
  const { code, stderr } = await running.finished;
  assert.equal(code, 125);
  assert.match(stderr, /^Error: .*monitor was killed/);
  assert.equal((await runTspod(['ps', '-aq'])).stdout, '');
  await assertClean();
});

test('the control group of a killed monitor goes, from wherever the next command is called', async () => {
  const { id, pids } = await runDetached('--network', 'none');
  const { cgroup } = statusOf(id);
  const group = readOf(String(pids['first']), 'cgroup');
  assert.equal(cgroup !== undefined, group.includes(id), group);
  process.kill(pids['monitor'] ?? 0, 'SIGKILL');
  const elsewhere = cgroup === undefined ? '' : join(dirname(cgroup), uniqueName());
  const move = `if [ -n "$1" ]; then mkdir "$1" && echo $$ >"$1/cgroup.procs"; fi; exec ${tspodProgram} rm ${id}`;
  await runTspod(['-c', move, 'sh', elsewhere], { program: '/bin/sh' });
  if (cgroup !== undefined) {
    assert.equal(existsSync(cgroup), false);
    rmdirSync(elsewhere);
  }
  await assertClean();
});

test('wait, stop and exec tell of a killed monitor instead of hanging', async () => {
  const name = uniqueName();
  const { pids } = await runDetached('--name', name, '--network', 'none');
  const waiting = startTspod(['wait', name]);
  const executing = startTspod(['exec', name, 'sleep', '1000']);
  await waitFor(
    'the second program',
    async () => (await runTspod(['top', name])).stdout.split('\n').length > 3,
  );
  process.kill(pids['monitor'] ?? 0, 'SIGKILL');
  assert.equal((await executing.finished).code, 137);
  assert.equal((await waiting.finished).stdout, '-1\n');
  await runTspod(['stop', name]);
  await runTspod(['rm', name]);
  await assertClean();
});

test('a killed slirp4netns takes only the network: the container goes on, and starts again with one', async () => {
  const name = uniqueName();
  const { id, pids } = await runDetached('--name', name);
  process.kill(pids['network'] ?? 0, 'SIGKILL');
  await waitFor('its end', isGone(pids['network'] ?? 0));
  assert.equal((await runTspod(['exec', name, 'echo', 'in'])).stdout, 'in\n');
  assert.match(await stateOf(name), /^running/);
  await runTspod(['restart', '-t', '0', name]);
  assert.ok(isAlive(Number(statusOf(id)['net_pid'])));
  await runTspod(['exec', name, 'ip', 'addr', 'show', 'tap0']);
  await runTspod(['rm', '-f', '-t', '0', name]);
  await assertClean();
});

test('tspod killed in the foreground leaves its container running, which can be attached to and removed', async () => {
  const name = uniqueName();
  const args = ['run', '--name', name, '--network', 'none', 'busybox', 'sh', '-c', 'echo up; sleep 1000'];
  const running = startTspod(args);
  await waitFor('its output', () => running.stdout() === 'up\n');
  running.child.kill('SIGKILL');
  await running.finished;
  assert.match(await stateOf(name), /^running/);
  assert.equal((await runTspod(['logs', name])).stdout, 'up\n');
  await runTspod(['rm', '-f', '-t', '0', name]);
  await assertClean();
});

const phases: { name: string; args: string[]; clean: string[] }[] = [
  { name: 'run -d', args: ['run', '-d', '--network', 'none', 'busybox', 'sleep', '1000'], clean: [] },
  { name: 'run --rm', args: ['run', '--rm', 'busybox', 'true'], clean: [] },
  {
    name: 'run --rm with a volume',
    args: ['run', '--rm', '-v', '/data', '--network', 'none', 'busybox', 'true'],
    clean: [],
  },
];
for (const { name, args } of phases) {
  test(`${name} killed at any moment leaves a store in which every further command works`, async () => {
    for (let round = 0; round < 20; round++) {
      const running = startTspod(args);
      await pause(round * 4);
      running.child.kill('SIGKILL');
      await running.finished;
      // a monitor that was being started may still be at work
      const { stderr } = await runTspod(['ps', '-a']);
      assert.doesNotMatch(stderr, /Error|Warning/);
    }
    await waitFor('rm -fa to leave nothing', async () => {
      await runTspod(['rm', '-fa', '-t', '0']);
      return (await runTspod(['ps', '-aq'])).stdout === '';
    });
    assert.equal((await runTspod(['run', '--rm', 'busybox', 'echo', 'new'])).stdout, 'new\n');
    await assertClean();
    await runTspod(['volume', 'prune', '-f']);
    assert.equal((await runTspod(['volume', 'ls', '-q'])).stdout, '');
  });
}

test('rm -f killed at any moment leaves a container that can be removed, or none', async () => {
  for (let round = 0; round < 12; round++) {
    await runTspod(['run', '-d', '--name', 'victim', '--network', 'none', 'busybox', 'sleep', '1000']);
    const removing = startTspod(['rm', '-f', '-t', '0', 'victim']);
    await pause(20 + round * 4);
    removing.child.kill('SIGKILL');
    await removing.finished;
    await runTspod(['ps', '-a']);
    await runTspod(['rm', '-f', '-t', '0', '--ignore', 'victim']);
  }
  await assertClean();
});

test('load killed at any moment leaves a store in which it works the next time', async () => {
  const root = join(testHome().home, 'loaded');
  for (let round = 0; round < 10; round++) {
    const loading = startTspod(['--root', root, 'run', '--rm', '--network', 'none', 'busybox', 'true']);
    await pause(40 + round * 8);
    loading.child.kill('SIGKILL');
    await loading.finished;
    await runTspod(['--root', root, 'images']);
  }
  const args = ['--root', root, 'run', '--rm', '--network', 'none', 'busybox', 'echo', 'in'];
  assert.equal((await runTspod(args)).stdout, 'in\n');
  await waitFor('the end of all processes', () => ourProcesses().length === 0);
});
