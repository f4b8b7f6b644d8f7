import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import test from 'node:test';
import { fakeSystemctl } from '../helpers/fake-systemctl';
import { homeEnvironment, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

test('units are installed, again, and removed', async () => {
  const { env, calls } = fakeSystemctl();
  const first = await runTspod(['system', 'install-units'], { env });
  const paths = first.stdout.trim().split('\n');
  assert.equal(paths.length, 4);
  for (const path of paths)
    assert.ok(path.startsWith(`${testHome().home}/.config/systemd/user/`) && existsSync(path), path);
  assert.match(first.stderr, /systemctl --user enable --now tspod-restart\.service tspod-auto-update\.timer/);
  assert.deepEqual(calls(), ['--user daemon-reload']);
  assert.equal((await runTspod(['system', 'install-units'], { env })).stdout, first.stdout);
  const analyze = '/usr/bin/systemd-analyze';
  if (existsSync(analyze)) {
    const said = spawnSync(analyze, ['--user', '--man=no', 'verify', ...paths], {
      env: { ...homeEnvironment(), SYSTEMD_UNIT_PATH: `${testHome().home}/.config/systemd/user:` },
      encoding: 'utf8',
    });
    const names = paths.map((path) => basename(path));
    assert.deepEqual(
      said.stderr.split('\n').filter((line) => names.some((name) => line.includes(name))),
      [],
    );
  }
  const removed = await runTspod(['system', 'install-units', '--remove'], { env });
  assert.equal(removed.stdout, first.stdout);
  for (const path of paths) assert.ok(!existsSync(path), path);
  assert.equal((await runTspod(['system', 'install-units', '--remove'], { env })).stdout, '');
});

test('after a boot those containers are started that nobody has stopped', async () => {
  const made = ['always', 'unless-stopped', 'on-failure', 'no'].map(
    (policy) => [policy, uniqueName(policy)] as const,
  );
  const boot = ['start', '--all', '--filter', 'should-start-on-boot=true'];
  for (const [policy, name] of made)
    await runTspod([
      'create',
      '--stop-timeout=0',
      '--restart',
      policy,
      '--name',
      name,
      '--network',
      'none',
      'busybox',
      'sleep',
      '1000',
    ]);
  const [always, unless] = made.map(([, name]) => name) as [string, string];
  assert.deepEqual((await runTspod(boot)).stdout.split('\n').filter(Boolean).length, 2);
  await runTspod(['stop', always, unless]);
  const meant = async (value: string): Promise<string[]> =>
    (
      await runTspod(['ps', '--all', '--format', '{{.Names}}', '--filter', `should-start-on-boot=${value}`])
    ).stdout
      .trim()
      .split('\n')
      .sort();
  assert.deepEqual(await meant('true'), [always]);
  assert.equal((await meant('false')).length, 3);
  await runTspod(['start', unless]);
  assert.deepEqual(await meant('true'), [always, unless].sort());
  const wrong = await runTspod(['ps', '--filter', 'should-start-on-boot=maybe'], { expectCode: 125 });
  assert.match(wrong.stderr, /should-start-on-boot=maybe/);
  await runTspod(['rm', '--force', '--time=0', ...made.map(([, name]) => name)]);
});
