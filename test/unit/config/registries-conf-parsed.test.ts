import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { loadRegistriesConf, peekRegistriesConf } from '../../../src/config/registries-conf';
import { inConfigHome } from '../../helpers/config-home';

const MAIN = '.config/containers/registries.conf';
const DROP_IN = `${MAIN}.d/10.conf`;

test('loadRegistriesConf() says the same of files that were parsed before, and sees a change of one of them', () =>
  inConfigHome(({ ctx, write }) => {
    write(MAIN, 'unqualified-search-registries = ["a.io"]\n[aliases]\n"x" = "a.io/x"\n');
    write(DROP_IN, '[[registry]]\nlocation = "b.io"\ninsecure = true\n');
    const first = loadRegistriesConf({ ...ctx });
    const cached = readFileSync(join(ctx.paths.cache, 'registries-conf.json'), 'utf8');
    assert.match(cached, /b\.io/);
    assert.deepEqual(loadRegistriesConf({ ...ctx }), first);
    write(DROP_IN, '[[registry]]\nlocation = "c.io"\ninsecure = true\n');
    const changed = loadRegistriesConf({ ...ctx });
    assert.ok(changed.registries.some(({ prefix }) => prefix === 'c.io'));
    assert.equal(changed.aliases.get('x')?.value, 'a.io/x');
  }));

test('loadRegistriesConf() tells of unknown keys every time', () =>
  inConfigHome(({ ctx, said, write }) => {
    write(MAIN, 'unknown-key = 1\n');
    loadRegistriesConf({ ...ctx });
    const once = said.length;
    assert.ok(once > 0);
    loadRegistriesConf({ ...ctx });
    assert.equal(said.length, 2 * once);
  }));

test('what a peek has found is told by the first who loads the files, once', () =>
  inConfigHome(({ ctx, said, write }) => {
    write(MAIN, 'unknown-key = 1\n');
    const conf = peekRegistriesConf(ctx);
    assert.deepEqual(said, []);
    assert.equal(loadRegistriesConf(ctx), conf);
    assert.equal(said.length, 1);
    loadRegistriesConf(ctx);
    assert.equal(said.length, 1);
  }));

test('loadRegistriesConf() takes a broken cache for none', () =>
  inConfigHome(({ ctx, write }) => {
    write(MAIN, 'unqualified-search-registries = ["a.io"]\n');
    loadRegistriesConf({ ...ctx });
    writeFileSync(join(ctx.paths.cache, 'registries-conf.json'), '{"format":1,"files":');
    assert.deepEqual(loadRegistriesConf({ ...ctx }).searchRegistries, ['a.io']);
  }));
