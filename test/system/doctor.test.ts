import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

test('doctor tells of each part of the machine whether it works', async () => {
  const { stdout } = await runTspod(['doctor']);
  const lines = stdout.trimEnd().split('\n');
  for (const line of lines) assert.match(line, /^(ok|warn|FAIL) +\S|^ +-> \S/);
  for (const part of [
    'kernel',
    'subordinate ids',
    'user namespace',
    'layers',
    'slirp4netns',
    'AppArmor',
    'SELinux',
    'networks',
    'client addresses',
    'bandwidth',
    'size limits',
    'ports below 1024',
    'cgroups',
    'session bus',
    'linger',
    'disk space',
    'store',
  ]) {
    assert.ok(
      lines.some((line) => line.replace(/^\w+ +/, '').startsWith(part)),
      part,
    );
  }
});

test('doctor ends with 1 when containers cannot run, and says what to do', async () => {
  const { stdout } = await runTspod(['doctor'], { expectCode: 1, env: { TSPOD_HELPER: '/no/such/helper' } });
  assert.match(stdout, /^FAIL +native helper .*\n +-> \S/m);
});

test('doctor fits a page of 80 columns but for the cures, and is JSON on demand', async () => {
  const { stdout } = await runTspod(['doctor']);
  assert.ok(stdout.split('\n').length <= 45);
  const checks = JSON.parse((await runTspod(['doctor', '--json'])).stdout) as {
    level: string;
    cure?: string;
  }[];
  for (const check of checks) assert.ok(['ok', 'warn', 'fail'].includes(check.level));
  for (const check of checks.filter(({ level }) => level === 'warn')) assert.ok(check.cure);
  assert.equal((await runTspod(['doctor', '--format', 'json'])).stdout.includes('"level"'), true);
  assert.doesNotMatch(stdout, /\x1b/);
});

test('info is YAML by default, JSON and templates by option', async () => {
  const root = `${testHome().home}/.local/share/tspod`;
  assert.match((await runTspod(['info'])).stdout, /^host:\n/);
  const security = ['info', '--format', '{{.Host.Security.Rootless}} {{json .Host.Security}}'];
  assert.match((await runTspod(security)).stdout, /^(true|false) \{"apparmorEnabled":/);
  const info = JSON.parse((await runTspod(['info', '--format', 'json'])).stdout);
  assert.equal(info.store.graphRoot, root);
  assert.equal(info.host.security.rootless, true);
  assert.deepEqual(Object.keys(info).sort(), ['host', 'plugins', 'registries', 'store', 'version']);
  assert.equal((await runTspod(['info', '--format', '{{.Store.GraphRoot}}'])).stdout, `${root}\n`);
});

test('info --debug tells which keys of containers.conf have no effect, and where they stand', async () => {
  const file = join(testFolder(), 'containers.conf');
  writeFileSync(file, '[engine]\nnum_locks = 4096\n[containers]\numask = "0027"\n');
  const env = { CONTAINERS_CONF: file };
  const { debug } = JSON.parse((await runTspod(['info', '--debug', '--format', 'json'], { env })).stdout);
  assert.deepEqual(debug.configurationFiles, [file]);
  assert.deepEqual(debug.usedKeys, [{ key: 'containers.umask', origin: `"${file}", line 4` }]);
  assert.deepEqual(debug.unusedKeys, [
    {
      ...{ key: 'engine.num_locks', origin: `"${file}", line 2`, knownToPodman: true },
      reason: 'locks are files: there is no limit',
    },
  ]);
});
