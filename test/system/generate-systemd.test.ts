import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { homeEnvironment, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', '-i', ...names]);

test('the file that the service of a container names has the pid of its monitor while it runs', async () => {
  const name = uniqueName();
  await runTspod(['create', '--name', name, '--network', 'none', 'busybox', 'sleep', '100']);
  try {
    const { stdout } = await runTspod(['generate', 'systemd', '--name', name]);
    const pidFile = /^PIDFile=(.*)$/m.exec(stdout)?.[1] ?? '';
    assert.ok(!existsSync(pidFile));
    await runTspod(['start', name]);
    const monitor = await runTspod(['inspect', '--format', '{{.State.ConmonPid}}', name]);
    assert.equal(readFileSync(pidFile, 'utf8').trim(), monitor.stdout.trim());
    await runTspod(['stop', '-t', '0', name]);
    assert.ok(!existsSync(pidFile));
  } finally {
    await remove(name);
  }
});

test('the commands of a new service start, stop and clean up, also after each other', async () => {
  const name = uniqueName();
  const folder = testFolder();
  await runTspod([
    'create',
    '--name',
    name,
    '--network',
    'none',
    '--stop-signal',
    'KILL',
    '--label',
    'a=b c',
    'busybox',
    'sh',
    '-c',
    'echo "$0 %i"; exec sleep 100',
  ]);
  try {
    const { stdout } = await runTspod(
      ['generate', 'systemd', '--new', '--name', '--files', '--stop-timeout', '0', name],
      { cwd: folder },
    );
    assert.equal(stdout.trim(), join(folder, `container-${name}.service`));
    const unit = readFileSync(stdout.trim(), 'utf8');
    const run = (key: string) => runLine(unit, key, join(folder, 'id'));
    const id = run('ExecStart').trim();
    // --replace takes the place of the container that it was made of
    assert.equal(
      (await runTspod(['inspect', '--format', '{{.Id}} {{.Config.Labels.a}}', name])).stdout,
      `${id} b c\n`,
    );
    assert.match((await runTspod(['logs', name])).stdout, /^sh %i$/m);
    assert.notEqual(run('ExecStart').trim(), id);
    run('ExecStop');
    run('ExecStopPost');
    await runTspod(['container', 'exists', name], { expectCode: 1 });
    run('ExecStopPost');
    run('ExecStart');
    run('ExecStopPost');
    assert.ok(!existsSync(join(folder, 'id')));
  } finally {
    await remove(name);
  }
});

test('the file with the id goes with a container whose monitor was killed, and another one is replaced', async () => {
  const name = uniqueName();
  const file = join(testFolder(), 'id');
  const start = ['run', '-d', '--rm', '--replace', '--cidfile', file, '--name', name, '--network', 'none'];
  writeFileSync(file, 'of another');
  try {
    const { stdout } = await runTspod([...start, 'busybox', 'sleep', '100']);
    assert.equal(readFileSync(file, 'utf8'), stdout.trim());
    const monitor = await runTspod(['inspect', '--format', '{{.State.ConmonPid}}', name]);
    process.kill(Number(monitor.stdout), 'SIGKILL');
    await waitFor('the container to be found dead and removed', async () => {
      return !(await runTspod(['ps', '--all', '--format', '{{.Names}}'])).stdout.includes(name);
    });
    assert.ok(!existsSync(file));
  } finally {
    await remove(name);
  }
});

test('systemd finds nothing wrong with generated services', async (context) => {
  if (!existsSync('/usr/bin/systemd-analyze')) return context.skip('systemd-analyze is not installed');
  const name = uniqueName();
  const folder = testFolder();
  await runTspod(['create', '--name', name, 'busybox', 'sh', '-c', 'echo "%x" $y']);
  try {
    for (const flags of [[], ['--new'], ['--template']]) {
      const { stdout } = await runTspod(['generate', 'systemd', '--name', '-f', ...flags, name], {
        cwd: folder,
      });
      const path = stdout.trim();
      const said = spawnSync('/usr/bin/systemd-analyze', ['--user', '--man=no', 'verify', path], {
        env: homeEnvironment(),
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.deepEqual(
        said.stderr.split('\n').filter((line) => line.includes(`container-${name}`)),
        [],
      );
    }
  } finally {
    await remove(name);
  }
});

test('a container that is not there, and formats that are none, are errors', async () => {
  assert.match(
    (await runTspod(['generate', 'systemd', 'no-such'], { expectCode: 125 })).stderr,
    /"no-such" does not refer to a container/,
  );
});

/** Runs a command of a unit as systemd would, with the file of the id in the place of `%t/%n.ctr-id`. */
function runLine(unit: string, key: string, idFile: string): string {
  const line = new RegExp(`^${key}=((?:.*\\\\\\n)*.*)$`, 'm').exec(unit)?.[1] ?? '';
  const words = line
    .replaceAll('\\\n', ' ')
    .replaceAll('%t/%n.ctr-id', idFile)
    .replaceAll('%%', '%')
    .replaceAll('$$', '\\$');
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', words], {
    env: homeEnvironment(),
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0, `${key}: ${stderr}`);
  return stdout;
}
