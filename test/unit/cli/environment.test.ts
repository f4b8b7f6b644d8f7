import assert from 'node:assert/strict';
import test from 'node:test';
import { tellOfEnvironment } from '../../../src/cli/environment';

function told(env: Record<string, string>): string[] {
  const messages: string[] = [];
  tellOfEnvironment({ env, log: (_level, message) => void messages.push(message) });
  return messages;
}

test('variables that ask for a service or another driver are warned of by name', () => {
  assert.match(told({ CONTAINER_HOST: 'ssh://x' }).join(), /^CONTAINER_HOST is set, and has no effect/);
  assert.match(told({ STORAGE_DRIVER: 'vfs' }).join(), /^STORAGE_DRIVER is "vfs"/);
  assert.deepEqual(told({ CONTAINER_HOST: '', STORAGE_DRIVER: 'overlay', HOME: '/h' }), []);
});
