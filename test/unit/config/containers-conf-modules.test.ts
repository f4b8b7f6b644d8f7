import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { containersConfFiles } from '../../../src/config/containers-conf-files';

const home = mkdtempSync(join(tmpdir(), 'tspod-modules-'));
test.after(() => rmSync(home, { recursive: true }));
const folder = join(home, '.config/containers/containers.conf.modules');
mkdirSync(folder, { recursive: true });
for (const name of ['a.conf', 'b.conf']) writeFileSync(join(folder, name), '');
const last = join(home, 'last.conf');
writeFileSync(last, '');

function files(modules: string[]): string[] {
  const env = { CONTAINERS_CONF: '/dev/null', CONTAINERS_CONF_OVERRIDE: last };
  return containersConfFiles({ env, home, uid: 1, overrides: { modules } }).map(({ path }) => path);
}

test('modules are read in their order, after containers.conf and before the override', () => {
  assert.deepEqual(files(['b.conf', join(folder, 'a.conf')]), [
    '/dev/null',
    join(folder, 'b.conf'),
    join(folder, 'a.conf'),
    last,
  ]);
});

test('a module that is not there is an error that says where to put it', () => {
  assert.throws(() => files(['nosuch.conf']), {
    message: 'the module "nosuch.conf" of containers.conf could not be found',
  });
});
