import assert from 'node:assert/strict';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

// crun, and both as a user, want control groups of version 2 alone: test/vm (limits, scope, update)

test('runc makes of the configuration what the own run-time makes of it', needs('runc'), async () => {
  const script = 'grep CapEff /proc/self/status; hostname; echo $A; exit 7';
  const run = words`run --rm --network none --hostname there -e A=set busybox sh -c ${script}`;
  const { stdout } = await runTspod(['--runtime', 'runc', ...run], { expectCode: 7 });
  assert.equal(stdout, (await runTspod(run, { expectCode: 7 })).stdout);
});

test('a container of runc is entered, stopped and removed as others are', needs('runc'), async () => {
  const name = uniqueName();
  const script = 'trap "exit 5" TERM; echo ready; sleep 1000 & wait';
  await runTspod(words`--runtime runc run -d --name ${name} --network none busybox sh -c ${script}`);
  await waitFor('the program', async () => (await runTspod(['logs', name])).stdout === 'ready\n');
  assert.equal((await runTspod(['exec', name, 'hostname'])).stdout.length, 13);
  await runTspod(['stop', name]);
  const format = '{{.State.Status}} {{.State.ExitCode}}';
  assert.equal((await runTspod(['inspect', '-f', format, name])).stdout, 'exited 5\n');
  await runTspod(['rm', name]);
});
