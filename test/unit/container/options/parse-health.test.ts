import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import {
  parseHealth,
  parseHealthCommand,
  type HealthTexts,
} from '../../../../src/container/options/parse-health';

const SECOND = 1e9;

const commands: [string, string[]][] = [
  ['curl -f http://localhost/ || exit 1', ['CMD-SHELL', 'curl -f http://localhost/ || exit 1']],
  ['true', ['CMD-SHELL', 'true']],
  ['["curl","-f","a b"]', ['CMD', 'curl', '-f', 'a b']],
  ['["curl -f"]', ['CMD-SHELL', 'curl -f']],
  ['["CMD","curl"]', ['CMD', 'curl']],
  ['["CMD-SHELL","a b"]', ['CMD-SHELL', 'a b']],
  ['CMD curl  -f', ['CMD', 'curl', '-f']],
  ['CMD-SHELL a  b', ['CMD-SHELL', 'a  b']],
  ['none', ['NONE']],
  ['["NONE"]', ['NONE']],
  ['[1]', ['CMD-SHELL', '[1]']],
  ['[ -e /ok ]', ['CMD-SHELL', '[ -e /ok ]']],
];
for (const [text, words] of commands) {
  test(`parseHealthCommand() reads ${text} as ${JSON.stringify(words)}`, () => {
    assert.deepEqual(parseHealthCommand(text), words);
  });
}

test('parseHealth() says nothing of what was not typed', () => {
  assert.deepEqual(parseHealth({ cmd: 'true' }), { health: { test: ['CMD-SHELL', 'true'] } });
});

test('parseHealth() reads every option', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tspod-health-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const texts: HealthTexts = {
    ...{ cmd: 'a', interval: '1m30s', timeout: '1.5s', retries: 2, startPeriod: '10s', startInterval: '2s' },
    ...{ onFailure: 'Kill', logDestination: directory, maxLogCount: 0, maxLogSize: 9 },
    ...{ startupCmd: 'b', startupInterval: 'disable', startupTimeout: '1s' },
    ...{ startupRetries: 4, startupSuccess: 5 },
  };
  assert.deepEqual(parseHealth(texts), {
    health: {
      ...{ test: ['CMD-SHELL', 'a'], interval: 90 * SECOND, timeout: 1.5 * SECOND, retries: 2 },
      ...{ startPeriod: 10 * SECOND, startInterval: 2 * SECOND },
    },
    startupHealth: {
      ...{ test: ['CMD-SHELL', 'b'], interval: 0, timeout: SECOND, retries: 4, successes: 5 },
    },
    healthPolicy: { onFailure: 'kill', logDestination: directory, maxLogCount: 0, maxLogSize: 9 },
  });
});

test('parseHealth() keeps settings without a command for the one of the image', () => {
  const { health } = parseHealth({ interval: 'disable', startPeriod: '0s' });
  assert.deepEqual(health, { test: [], interval: 0 });
  assert.deepEqual(parseHealth({ none: true }), { health: { test: ['NONE'] } });
  assert.deepEqual(parseHealth({ logDestination: 'local', onFailure: 'none' }), {
    healthPolicy: { onFailure: 'none' },
  });
});

const refused: [HealthTexts, RegExp][] = [
  [{ cmd: '[]' }, /^must define a healthcheck command for all healthchecks$/],
  [{ cmd: 'x', none: true }, /^cannot specify both --no-healthcheck and --health-cmd$/],
  [{ startupCmd: 'x', none: true }, /^cannot specify both --no-healthcheck and --health-startup-cmd$/],
  [{ cmd: 'x', interval: 'foo' }, /^invalid healthcheck-interval: .*"foo"/],
  [{ cmd: 'x', interval: '-1s' }, /^healthcheck-interval must be 0 seconds or greater$/],
  [{ cmd: 'x', timeout: '5' }, /^invalid healthcheck-timeout: .*"5"/],
  [{ cmd: 'x', timeout: '0s' }, /^healthcheck-timeout must be at least 1 second$/],
  [{ cmd: 'x', retries: 0 }, /^healthcheck-retries must be greater than 0$/],
  [{ cmd: 'x', startPeriod: '-1s' }, /^healthcheck-start-period must be 0 seconds or greater$/],
  [{ cmd: 'x', startPeriod: 'zz' }, /^invalid healthcheck-start-period: .*"zz"/],
  [{ cmd: 'x', startInterval: 'zz' }, /^invalid healthcheck-start-interval: .*"zz"/],
  [
    { cmd: 'x', onFailure: 'foo' },
    /^invalid on-failure action "foo" for health check: supported actions are /,
  ],
  [{ cmd: 'x', startupCmd: 'y', startupTimeout: '0' }, /^healthcheck-timeout must be at least 1 second$/],
  [{ cmd: 'x', startupCmd: 'y', startupRetries: -1 }, /"-1" for "--health-startup-retries"/],
  [{ cmd: 'x', maxLogCount: -1 }, /"-1" for "--health-max-log-count"/],
  [{ cmd: 'x', maxLogSize: -2 }, /"-2" for "--health-max-log-size"/],
  [{ cmd: 'x', logDestination: '/nonexistent' }, /^HealthCheck Log '\/nonexistent' destination error: /],
  [
    { cmd: 'x', logDestination: '/etc/passwd' },
    /^HealthCheck Log '\/etc\/passwd' .* it must be a directory$/,
  ],
];
for (const [texts, message] of refused) {
  test(`parseHealth() refuses ${JSON.stringify(texts)}`, () => {
    assert.throws(() => parseHealth(texts), { name: 'TspodError', message });
  });
}
