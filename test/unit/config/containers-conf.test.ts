import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { loadContainersConf } from '../../../src/config/containers-conf';
import type { Context } from '../../../src/lib/context';
import { inFolder } from '../../helpers/in-folder';

function contextIn(directory: string, env: Record<string, string> = {}): { ctx: Context; said: string[] } {
  const said: string[] = [];
  const ctx = {
    uid: 1000,
    gid: 1000,
    user: 'somebody',
    home: directory,
    env,
    paths: { cache: join(directory, 'cache') },
    log: (level: string, message: string) => void said.push(`${level}: ${message}`),
  } as unknown as Context;
  return { ctx, said };
}

test('loadContainersConf() reads the file of CONTAINERS_CONF, then that of CONTAINERS_CONF_OVERRIDE', () =>
  inFolder(async (directory) => {
    const only = join(directory, 'a.conf');
    const last = join(directory, 'b.conf');
    writeFileSync(only, '[containers]\ntz = "local"\numask = "0077"\n');
    writeFileSync(last, '[containers]\ntz = "UTC"\n');
    const { ctx } = contextIn(directory, { CONTAINERS_CONF: only, CONTAINERS_CONF_OVERRIDE: last });
    const conf = await loadContainersConf(ctx);
    assert.deepEqual(conf.containers, { tz: 'UTC', umask: '0077' });
    assert.deepEqual(conf.files, [only, last]);
  }));

test("loadContainersConf() reads the user's file and its drop-ins in the order of their names", () =>
  inFolder(async (directory) => {
    const file = join(directory, '.config/containers/containers.conf');
    mkdirSync(`${file}.d`, { recursive: true });
    writeFileSync(file, '[containers]\ntz = "local"\n');
    writeFileSync(`${file}.d/20-b.conf`, '[containers]\ntz = "Etc/UTC"\n');
    writeFileSync(`${file}.d/10-a.conf`, '[containers]\ntz = "UTC"\n');
    writeFileSync(`${file}.d/README`, 'not TOML');
    const conf = await loadContainersConf(contextIn(directory).ctx);
    assert.equal(conf.containers.tz, 'Etc/UTC');
    assert.deepEqual(conf.files.slice(-3), [file, `${file}.d/10-a.conf`, `${file}.d/20-b.conf`]);
  }));

test('loadContainersConf() tells a key without effect, for debugging when Podman knows it', () =>
  inFolder(async (directory) => {
    const file = join(directory, 'a.conf');
    writeFileSync(file, '[engine]\nlock_type = "shm"\nrun_time = "crun"\n');
    const { ctx, said } = contextIn(directory, { CONTAINERS_CONF: file });
    const expected = [
      `debug: "${file}", line 2: engine.lock_type has no effect: locks are those of the file system`,
      `warn: "${file}", line 3: engine.run_time is not known, it has no effect`,
    ];
    await loadContainersConf(ctx);
    assert.deepEqual(said, expected);
    await loadContainersConf(ctx);
    assert.deepEqual(said, [...expected, ...expected], 'a kept file tells the same');
  }));

test('loadContainersConf() sees a changed file', () =>
  inFolder(async (directory) => {
    const file = join(directory, 'a.conf');
    writeFileSync(file, '[engine]\nruntime = "runc"\n');
    const { ctx } = contextIn(directory, { CONTAINERS_CONF: file });
    await loadContainersConf(ctx);
    writeFileSync(file, '[engine]\nruntime = "/usr/bin/crun"\n');
    assert.deepEqual((await loadContainersConf(ctx)).engine, { runtime: '/usr/bin/crun' });
  }));

test('loadContainersConf() parses again when what it kept is broken', () =>
  inFolder(async (directory) => {
    const file = join(directory, 'a.conf');
    writeFileSync(file, '[containers]\ntz = "UTC"\n');
    const { ctx } = contextIn(directory, { CONTAINERS_CONF: file });
    await loadContainersConf(ctx);
    writeFileSync(join(directory, 'cache/containers-conf.json'), '{"key"');
    assert.equal((await loadContainersConf(ctx)).containers.tz, 'UTC');
  }));

test('loadContainersConf() says where a file is not TOML', () =>
  inFolder(async (directory) => {
    const file = join(directory, 'a.conf');
    writeFileSync(file, '[containers]\ntz = \n');
    const { ctx } = contextIn(directory, { CONTAINERS_CONF: file });
    await assert.rejects(loadContainersConf(ctx), {
      code: 'invalid',
      message: /a\.conf", line 2, column \d+, key tz: /,
    });
  }));

test('loadContainersConf() names a missing file and the variable that names it', () =>
  inFolder(async (directory) => {
    const { ctx } = contextIn(directory, { CONTAINERS_CONF: '/nowhere/x.conf' });
    await assert.rejects(loadContainersConf(ctx), {
      code: 'not-found',
      message: 'the file "/nowhere/x.conf" that CONTAINERS_CONF names does not exist',
    });
  }));
