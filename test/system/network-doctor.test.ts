import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

const skip = needs('tun');

interface Check {
  name: string;
  level: string;
  detail: string;
  cure?: string;
}

test('network doctor tries every part of a network, and leaves nothing', skip, async () => {
  const { stdout, code } = await runTspod(['network', 'doctor', '--json'], { expectCode: null });
  const checks = JSON.parse(stdout) as Check[];
  const level = (name: string): string | undefined => checks.find((check) => check.name === name)?.level;
  for (const name of ['driver', 'helper', 'MTU', 'port forwarder', 'network', 'name of container'])
    assert.equal(level(name), 'ok', stdout);
  assert.equal(level('published port'), 'ok', stdout);
  for (const name of ['resolver', 'other names', 'way out', 'large packets'])
    assert.ok(level(name) !== undefined, stdout);
  assert.equal(code, checks.some((check) => check.level === 'fail') ? 1 : 0);
  for (const check of checks) assert.equal(check.level === 'ok', check.cure === undefined, stdout);
  const { home, runtime } = testHome();
  for (const place of [join(runtime, 'tspod'), join(home, '.cache/tspod')])
    if (existsSync(place))
      assert.deepEqual(
        readdirSync(place).filter((name) => name.startsWith('doctor')),
        [],
      );
});

test('network doctor ends with 1 and tells the cure where the helper is not one', skip, async () => {
  const program = join(testFolder(), 'slirp4netns');
  writeFileSync(program, '#!/bin/sh\nexit 3\n');
  chmodSync(program, 0o755);
  const { stdout } = await runTspod(['--network-cmd-path', program, 'network', 'doctor'], { expectCode: 1 });
  assert.match(stdout, /^FAIL +helper +\S+slirp4netns does not run\n +-> sudo apt install/m);
  assert.doesNotMatch(stdout, /published port/);
});
