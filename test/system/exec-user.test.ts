import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { project } from '../helpers/project';
import { homeEnvironment } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

test('exec --user has the groups of /etc/group only, and no HOSTNAME that nobody set', async () => {
  const name = uniqueName();
  const run = ['run', '-d', '--rm', '--name', name, '--network', 'none', '--group-add', '10', 'busybox'];
  await runTspod([...run, 'sleep', '1000']);
  const exec = async (...args: string[]): Promise<string> => (await runTspod(['exec', ...args])).stdout;
  const groups = 'grep Groups: /proc/self/status';
  assert.equal(await exec('-u', '5', name, 'sh', '-c', groups), 'Groups:\t \n');
  assert.equal(await exec('-u', '5:6', name, 'sh', '-c', groups), 'Groups:\t \n');
  assert.equal(await exec('-u', 'root', name, 'sh', '-c', groups), 'Groups:\t10 \n');
  assert.doesNotMatch(await exec(name, 'env'), /^HOSTNAME=/m);
  assert.match(await exec('-e', 'HOSTNAME=x', name, 'env'), /^HOSTNAME=x$/m);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('a signal that ends a program, passed on by the foreground, is no reason for a restart', async (t) => {
  const name = uniqueName();
  const script = 'trap "exit 7" TERM; while :; do sleep 0.1; done';
  const args = words`run --name ${name} --restart always --network none busybox sh -c ${script}`;
  const client = spawn(join(project, 'bin/tspod'), args, { env: homeEnvironment(), stdio: 'ignore' });
  const ended = once(client, 'exit');
  t.after(() => client.kill('SIGKILL'));
  await waitFor('the start', async () => {
    const { stdout } = await runTspod(['ps', '-q', '--filter', `name=${name}`], { expectCode: null });
    return stdout !== '';
  });
  // until the program has set its trap
  await waitFor('the trap', async () => {
    const { stdout } = await runTspod(['exec', name, 'grep', 'SigCgt', '/proc/1/status'], {
      expectCode: null,
    });
    return /4[0-9a-f]{3}$/m.test(stdout);
  });
  client.kill('SIGTERM');
  assert.deepEqual(await ended, [7, null]);
  const { stdout } = await runTspod(['inspect', '--format', '{{.State.Status}} {{.RestartCount}}', name]);
  assert.equal(stdout, 'exited 0\n');
  await runTspod(['rm', name]);
});
