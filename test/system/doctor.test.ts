import assert from 'node:assert/strict';
import test from 'node:test';
import { testHome } from '../helpers/test-home';
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
    'cgroups',
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

test('info is YAML by default, JSON and templates by option', async () => {
  const root = `${testHome().home}/.local/share/tspod`;
  assert.match((await runTspod(['info'])).stdout, /^host:\n/);
  const info = JSON.parse((await runTspod(['info', '--format', 'json'])).stdout);
  assert.equal(info.store.graphRoot, root);
  assert.equal(info.host.security.rootless, true);
  assert.equal((await runTspod(['info', '--format', '{{.Store.GraphRoot}}'])).stdout, `${root}\n`);
});
