import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { loadRegistriesConf } from '../../../src/config/registries-conf';
import { recordShortName, shortNameAliasesFile } from '../../../src/config/short-name-aliases';
import { inConfigHome } from '../../helpers/config-home';

const MAIN = '.config/containers/registries.conf';

test("loadRegistriesConf() reads the user's file, its drop-ins in the order of their names, and recorded aliases", () =>
  inConfigHome(({ ctx, write, home }) => {
    write(MAIN, 'unqualified-search-registries = ["a.io"]\n[aliases]\n"x" = "a.io/x"\n"y" = "a.io/y"\n');
    write(`${MAIN}.d/20.conf`, 'unqualified-search-registries = ["c.io"]\n');
    write(`${MAIN}.d/10.conf`, 'unqualified-search-registries = ["b.io"]\n[aliases]\n"y" = "b.io/y"');
    write(`${MAIN}.d/README`, 'not TOML');
    write(`${MAIN}.d/sub.conf/no.conf`, 'not TOML');
    write('.cache/containers/short-name-aliases.conf', '[aliases]\n"x" = "z.io/x"\n');
    const conf = loadRegistriesConf(ctx);
    assert.deepEqual(conf.searchRegistries, ['c.io']);
    assert.equal(conf.searchOrigin, join(home, `${MAIN}.d/20.conf`));
    assert.equal(conf.aliases.get('x')?.value, 'z.io/x');
    assert.equal(conf.aliases.get('y')?.value, 'b.io/y');
    assert.deepEqual(
      conf.files.map((file) => file.slice(home.length + 1)),
      [MAIN, `${MAIN}.d/10.conf`, `${MAIN}.d/20.conf`],
    );
  }));

for (const variable of ['CONTAINERS_REGISTRIES_CONF', 'REGISTRIES_CONFIG_PATH']) {
  test(`loadRegistriesConf() reads the file that ${variable} names, and the user's drop-ins`, () =>
    inConfigHome(
      ({ ctx, write }) => {
        write(MAIN, 'unqualified-search-registries = ["a.io"]\n');
        write('own.conf', 'unqualified-search-registries = ["own.io"]\n');
        write(`${MAIN}.d/10.conf`, '[[registry]]\nlocation = "b.io"\n');
        const conf = loadRegistriesConf(ctx);
        assert.deepEqual(conf.searchRegistries, ['own.io']);
        assert.ok(conf.registries.some(({ prefix }) => prefix === 'b.io'));
      },
      (home) => ({ [variable]: join(home, 'own.conf') }),
    ));

  test(`loadRegistriesConf() fails when the file that ${variable} names is missing`, () =>
    inConfigHome(
      ({ ctx }) =>
        assert.throws(() => loadRegistriesConf(ctx), new RegExp(`nowhere" that ${variable} names`)),
      () => ({ [variable]: '/nowhere' }),
    ));
}

test('loadRegistriesConf() reads the file of --registries-conf above all variables', () =>
  inConfigHome(
    ({ ctx, write }) => {
      const own = write('own.conf', 'unqualified-search-registries = ["own.io"]\n');
      const conf = loadRegistriesConf({ ...ctx, overrides: { registriesConf: own } });
      assert.deepEqual(conf.searchRegistries, ['own.io']);
    },
    () => ({ CONTAINERS_REGISTRIES_CONF: '/nowhere' }),
  ));

test('recordShortName() keeps a choice for the next time, beside earlier ones', () =>
  inConfigHome(({ ctx }) => {
    recordShortName(ctx, 'team/app', 'a.io/team/app');
    recordShortName(ctx, 'x', 'b.io/x');
    recordShortName(ctx, 'x', 'c.io/x');
    assert.ok(existsSync(shortNameAliasesFile(ctx)));
    const { aliases } = loadRegistriesConf(ctx);
    assert.equal(aliases.get('team/app')?.value, 'a.io/team/app');
    assert.equal(aliases.get('x')?.value, 'c.io/x');
  }));

test('loadRegistriesConf() names a broken file of recorded aliases', () =>
  inConfigHome(({ ctx, write }) => {
    write('.cache/containers/short-name-aliases.conf', '[aliases]\nx = "y"\n');
    assert.throws(
      () => loadRegistriesConf(ctx),
      /short-name-aliases.conf", line 2: aliases\."x" must be a name/,
    );
  }));
