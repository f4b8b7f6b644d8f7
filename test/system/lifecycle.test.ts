import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const NONE = ['--network', 'none'];

/** Starts a container in the background and returns its name; the test removes it. */
async function detached(command: readonly string[], options: readonly string[] = []): Promise<string> {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, ...NONE, ...options, 'busybox', ...command]);
  return name;
}

const stateOf = async (name: string): Promise<string> =>
  (await runTspod(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name])).stdout.trim();
const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', ...names]);

/** How many files below a directory with this in its path a process has open. */
function openFiles(pid = 0, directory: string): number {
  const descriptors = `/proc/${pid}/fd`;
  return readdirSync(descriptors).filter((fd) => readlinkSync(join(descriptors, fd)).includes(directory))
    .length;
}

test('stop sends the stop signal, waits, and resorts to SIGKILL', async () => {
  const [polite, stubborn] = await Promise.all([
    detached(
      ['sh', '-c', 'trap "exit 5" QUIT; echo ready; while :; do sleep 0.05; done'],
      ['--stop-signal', 'QUIT'],
    ),
    detached(['sh', '-c', 'trap "" TERM; while :; do sleep 0.05; done']),
  ]);
  await waitFor('the trap', async () => (await runTspod(['logs', polite])).stdout === 'ready\n');
  const { stdout, stderr } = await runTspod(['stop', '-t', '1', polite, stubborn]);
  assert.equal(stdout, `${polite}\n${stubborn}\n`);
  assert.match(stderr, new RegExp(`StopSignal SIGTERM failed to stop container ${stubborn} in 1 seconds`));
  assert.equal(await stateOf(polite), 'exited 5');
  assert.equal(await stateOf(stubborn), 'exited 137');
  await remove(polite, stubborn);
});

test('stop with no time kills at once, without the stop signal and without a warning', async () => {
  const name = await detached(['sh', '-c', 'trap "exit 5" TERM; while :; do sleep 0.05; done']);
  assert.equal((await runTspod(['stop', '-t', '0', name])).stderr, '');
  assert.equal(await stateOf(name), 'exited 137');
  await remove(name);
});

test('stop leaves a container alone that was never started or has ended', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'true']);
  assert.equal((await runTspod(['stop', name])).stdout, `${name}\n`);
  assert.equal(await stateOf(name), 'created 0');
  await runTspod(['exec', name, 'true'], { expectCode: 255 });
  await runTspod(['exec', '-d', name, 'true'], { expectCode: 125 });
  await remove(name);
});

test('a container that was stopped is not restarted; one that fails is', async () => {
  const name = await detached(
    ['sh', '-c', 'echo x >>/runs; [ $(wc -l </runs) -ge 3 ] && sleep 1000; exit 1'],
    ['--restart', 'always'],
  );
  await waitFor('two restarts', async () => {
    const { stdout } = await runTspod(['inspect', '--format', '{{.RestartCount}}', name]);
    return stdout.trim() === '2';
  });
  await runTspod(['stop', '-t', '0', name]);
  assert.equal(await stateOf(name), 'exited 137');
  await remove(name);
});

test('kill sends the signal that is asked for', async () => {
  const name = await detached(['sh', '-c', 'trap "echo usr; exit 9" USR1; while :; do sleep 0.05; done']);
  await runTspod(['kill', '--signal', 'SIGUSR1', name]);
  assert.equal((await runTspod(['wait', name])).stdout, '9\n');
  const { stderr } = await runTspod(['kill', name], { expectCode: 125 });
  assert.match(stderr, /can only kill running containers\. [0-9a-f]{64} is in state exited/);
  await remove(name);
});

test('wait prints exit statuses in the order of the names, also of a container with --rm', async () => {
  const folder = testFolder();
  const volume = ['-v', `${folder}:/t`];
  const untilReleased = (code: number) => [
    'sh',
    '-c',
    `until [ -e /t/release ]; do sleep 0.02; done; exit ${code}`,
  ];
  const slow = await detached(untilReleased(4), volume);
  const removed = await detached(untilReleased(6), [...volume, '--rm']);
  const waiting = startTspod(['wait', slow, removed]);
  await waitFor('wait to watch both', () => openFiles(waiting.child.pid, '/locks/') === 2);
  writeFileSync(join(folder, 'release'), '');
  assert.equal((await waiting.finished).stdout, '4\n6\n');
  assert.equal((await runTspod(['wait', '--ignore', removed])).stdout, '-1\n');
  await remove(slow);
});

test('exec --wait waits for the container to run', async () => {
  const name = uniqueName();
  const executing = startTspod(['exec', '--wait', '30', name, 'echo', 'in']);
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'sleep', '1000']);
  const { stderr } = await runTspod(['exec', '--wait', '0', name, 'true'], { expectCode: 125 });
  assert.match(stderr, new RegExp(`timed out waiting for container: ${name}`));
  await runTspod(['start', name]);
  assert.equal((await executing.finished).stdout, 'in\n');
  await remove(name);
});

test('wait knows the exit status of a container that another command removes', async () => {
  const name = await detached(['sleep', '1000']);
  const waiting = startTspod(['wait', name]);
  await waitFor('wait to watch it', () => openFiles(waiting.child.pid, '/locks/') === 1);
  await remove(name);
  assert.equal((await waiting.finished).stdout, '137\n');
  const { stderr } = await runTspod(['wait', name], { expectCode: 125 });
  assert.match(stderr, /no such container/);
});

test('restart ends the program and starts it again', async () => {
  const name = await detached(['sh', '-c', 'echo x >>/runs; sleep 1000']);
  assert.equal((await runTspod(['restart', '-t', '0', name])).stdout, `${name}\n`);
  assert.equal(await stateOf(name), 'running 0');
  await waitFor('the second run', async () => {
    return (await runTspod(['exec', name, 'cat', '/runs'])).stdout === 'x\nx\n';
  });
  await remove(name);
});

test('init sets up, start goes on', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'echo', 'now']);
  assert.equal((await runTspod(['init', name])).stdout, `${name}\n`);
  assert.equal(await stateOf(name), 'initialized 0');
  assert.equal((await runTspod(['logs', name])).stdout, '');
  assert.equal((await runTspod(['start', '--attach', name])).stdout, 'now\n');
  await remove(name);
});

test('two starts of one container at once leave it running once', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'sh', '-c', 'echo x >>/runs; sleep 1000']);
  const results = await Promise.all([1, 2].map(() => runTspod(['start', name], { expectCode: null })));
  assert.ok(results.some(({ code }) => code === 0));
  for (const { code, stderr } of results) if (code !== 0) assert.match(stderr, /^Error: .*running/);
  assert.equal(await stateOf(name), 'running 0');
  assert.equal((await runTspod(['exec', name, 'cat', '/runs'])).stdout, 'x\n');
  await remove(name);
});

test('two removals of one container at once are no error, or one that says that it is gone', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'true']);
  const results = await Promise.all([1, 2].map(() => runTspod(['rm', name], { expectCode: null })));
  assert.ok(results.some(({ code }) => code === 0));
  for (const { code, stderr } of results)
    if (code !== 0) assert.match(stderr, /no container with ID or name/);
  await runTspod(['container', 'exists', name], { expectCode: 1 });
  assert.deepEqual(readdirSync(join(storeRoot(), 'tmp')), []);
});

test('rm refuses a running container, and --force stops it', async () => {
  const name = await detached(['sleep', '1000']);
  const { stderr } = await runTspod(['rm', name], { expectCode: 2 });
  assert.match(stderr, /as it is running - running or paused containers cannot be removed without force/);
  assert.equal((await remove(name)).stdout, `${name}\n`);
  await runTspod(['container', 'exists', name], { expectCode: 1 });
});

test('rm tries all, reports what is missing with status 1, and --ignore does not', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'true']);
  const { stdout, stderr } = await runTspod(['rm', 'missing', name], { expectCode: 1 });
  assert.equal(stdout, `${name}\n`);
  assert.equal(stderr, 'Error: no container with ID or name "missing" found: no such container\n');
  await runTspod(['rm', '--ignore', 'missing']);
  await runTspod(['--root', join(testFolder(), 'empty'), 'rm', '--latest'], { expectCode: 1 });
});

test('rm removes files of other owners and directories without permissions', async () => {
  const script = 'mkdir -p /d/e && touch /d/e/f && chown -R 1000:1000 /d && chmod 000 /d/e /d';
  const name = uniqueName();
  await runTspod(['run', '--name', name, ...NONE, 'busybox', 'sh', '-c', script]);
  await runTspod(['rm', name]);
  assert.deepEqual(readdirSync(join(storeRoot(), 'tmp')), []);
});

test('a record that a power loss broke is told of, and can be removed', async () => {
  const name = uniqueName();
  const { stdout } = await runTspod(['create', '--name', name, ...NONE, 'busybox', 'true']);
  const id = stdout.trim();
  writeFileSync(join(storeRoot(), 'containers', id, 'record.json'), '');
  const listed = await runTspod(['ps', '-a']);
  assert.match(listed.stderr, new RegExp(`^Error: the record of container ${id.slice(0, 12)} is broken`));
  assert.match((await runTspod(['inspect', name], { expectCode: 125 })).stderr, /^hint: .*tspod rm/m);
  await runTspod(['rm', '--force', id.slice(0, 12)]);
  assert.equal((await runTspod(['ps', '-aq'])).stderr, '');
});

test('a container dies with its monitor, and the next command says so', async () => {
  const name = await detached(['sleep', '1000']);
  const { stdout } = await runTspod(['inspect', '--format', '{{.State.ConmonPid}} {{.State.Pid}}', name]);
  const [monitor = 0, pid = 0] = stdout.trim().split(' ').map(Number);
  process.kill(monitor, 'SIGKILL');
  await waitFor('the end of the container', () => !existsSync(`/proc/${pid}`));
  const { stdout: state } = await runTspod([
    'inspect',
    '--format',
    '{{.State.Status}} {{.State.Error}}',
    name,
  ]);
  assert.equal(state, 'exited exited, status unknown: monitor was killed\n');
  await runTspod(['start', name]);
  assert.equal(await stateOf(name), 'running 0');
  await remove(name);
});

test('after a reboot a container that ran is exited, and starts again', async () => {
  const name = await detached(['sleep', '1000']);
  const { stdout } = await runTspod(['inspect', '--format', '{{.Id}} {{.State.ConmonPid}}', name]);
  const [id = '', monitor = '0'] = stdout.trim().split(' ');
  process.kill(Number(monitor), 'SIGKILL');
  const path = join(storeRoot(), 'containers', id, 'status');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/boot_id=.*/, 'boot_id=another'));
  assert.equal(await stateOf(name), 'exited -1');
  await runTspod(['start', name]);
  await remove(name);
});

test('rename gives another name, and refuses one in use', async () => {
  const [name, other, fresh] = [uniqueName(), uniqueName(), uniqueName()];
  for (const each of [name, other]) await runTspod(['create', '--name', each, ...NONE, 'busybox', 'true']);
  const { stderr } = await runTspod(['rename', name, other], { expectCode: 125 });
  assert.match(stderr, new RegExp(`"${other}" is already in use`));
  await runTspod(['rename', name, fresh]);
  await runTspod(['container', 'exists', name], { expectCode: 1 });
  await remove(fresh, other);
});

test('a container with --rm frees the name that it has at its end, not the one that it had', async () => {
  const fresh = uniqueName();
  const name = await detached(['sleep', '1000'], ['--rm']);
  await runTspod(['rename', name, fresh]);
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'true']);
  await runTspod(['stop', '-t', '0', fresh]);
  await runTspod(['container', 'exists', name]);
  assert.equal(existsSync(join(storeRoot(), 'names', fresh)), false);
  await remove(name);
});

test('container prune removes what does not run, and asks first', async () => {
  const running = await detached(['sleep', '1000']);
  const { stdout } = await runTspod(['create', ...NONE, 'busybox', 'true']);
  const refused = await runTspod(['container', 'prune'], { stdin: 'n\n' });
  assert.match(refused.stderr, /^WARNING! This will remove all non running containers/);
  const unanswered = await runTspod(['container', 'prune'], { expectCode: 125 });
  assert.match(unanswered.stderr, /Error: reading the answer: EOF\nhint: .*--force$/m);
  const pruned = await runTspod(['container', 'prune', '--force']);
  assert.ok(pruned.stdout.split('\n').includes(stdout.trim()));
  await runTspod(['container', 'exists', stdout.trim()], { expectCode: 1 });
  assert.equal(await stateOf(running), 'running 0');
  await remove(running);
});

test('attach shows what comes from now on, and ends with the container', async () => {
  const name = await detached(['sh', '-c', 'read line; echo got $line; exit 8'], ['-i']);
  const attached = startTspod(['attach', name]);
  attached.child.stdin.end('word\n');
  const { stdout, code } = await attached.finished;
  assert.equal(stdout, 'got word\n');
  assert.equal(code, 8);
  const { stderr } = await runTspod(['attach', name], { expectCode: 125 });
  assert.match(stderr, /you can only attach to running containers/);
  await remove(name);
});

test('pause without a control group says why, or pauses', async () => {
  const name = await detached(['sleep', '1000']);
  const { code, stderr } = await runTspod(['pause', name], { expectCode: null });
  if (code === 0) {
    assert.equal(await stateOf(name), 'paused 0');
    await runTspod(['exec', name, 'true'], { expectCode: 255 });
    await runTspod(['unpause', name]);
    assert.equal(await stateOf(name), 'running 0');
  } else assert.match(stderr, /cannot pause container .* without a cgroup\nhint: /);
  await remove(name);
});

test('a cidfile names the container for exec, stop and rm', async () => {
  const file = join(testFolder(), 'cid');
  const name = await detached(['sleep', '1000'], ['--cidfile', file]);
  assert.equal((await runTspod(['exec', '--cidfile', file, 'echo', 'in'])).stdout, 'in\n');
  await runTspod(['stop', '-t', '0', '--cidfile', file]);
  await runTspod(['rm', '--cidfile', file]);
  await runTspod(['container', 'exists', name], { expectCode: 1 });
});

test('two containers with --userns auto share no ids', async () => {
  const auto = () => detached(['sleep', '1000'], ['--userns', 'auto:size=100']);
  const names = [await auto(), await auto()];
  const maps = [];
  for (const name of names) maps.push((await runTspod(['exec', name, 'cat', '/proc/self/uid_map'])).stdout);
  const starts = maps.map((map) => Number(map.trim().split(/\s+/)[1]));
  assert.ok(Math.abs((starts[0] ?? 0) - (starts[1] ?? 0)) >= 100, maps.join(''));
  for (const name of names) await remove(name);
});
