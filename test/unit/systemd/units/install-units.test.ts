import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import type { Context } from '../../../../src/lib/context';
import { installUnits, removeUnits } from '../../../../src/systemd/units/install-units';
import { shippedUnits } from '../../../../src/systemd/units/shipped-units';
import { unitPlace } from '../../../../src/systemd/units/unit-place';
import { project } from '../../../helpers/project';
import { inFolder } from '../../../helpers/in-folder';

const units = (uid: number) =>
  shippedUnits(join(project, uid === 0 ? 'systemd/system' : 'systemd/user'), [
    '/opt/100% node',
    '/opt/tspod',
  ]);
const context = (uid: number, home: string) => ({ uid, home, env: {} }) as unknown as Context;

test('units start the program that installs them', () => {
  const restart = units(1000).find(({ name }) => name === 'tspod-restart.service')?.text ?? '';
  assert.match(
    restart,
    /^ExecStart="\/opt\/100%% node" \/opt\/tspod start --all --filter should-start-on-boot=true$/m,
  );
  for (const { name, text } of [...units(0), ...units(1000)]) {
    assert.match(text, /^# Written by /, name);
    assert.doesNotMatch(text, /^Exec\w+=tspod/m, name);
  }
});

test("a user's units wait for the network by a unit of the user, the system's by its target", () => {
  assert.ok(units(1000).some(({ name }) => name === 'tspod-user-wait-network-online.service'));
  for (const { name, text } of units(0)) assert.doesNotMatch(text, /user-wait|default\.target/, name);
  assert.deepEqual(
    units(0).map(({ name }) => name),
    ['tspod-auto-update.service', 'tspod-auto-update.timer', 'tspod-restart.service'],
  );
});

test('a user has units below the configuration, and they come and go', () => {
  inFolder((home) => {
    const place = unitPlace(context(1000, home), project);
    const names = units(1000).map(({ name }) => name);
    const paths = installUnits(place, units(1000));
    assert.deepEqual(
      paths,
      names.map((name) => join(home, '.config/systemd/user', name)),
    );
    assert.deepEqual(installUnits(place, units(1000)), paths);
    mkdirSync(join(place.directory, 'timers.target.wants'));
    const enabled = join(place.directory, 'timers.target.wants/tspod-auto-update.timer');
    symlinkSync('../tspod-auto-update.timer', enabled);
    assert.deepEqual(removeUnits(place, names), paths);
    assert.ok(!existsSync(join(place.directory, 'tspod-restart.service')));
    assert.throws(() => readlinkSync(enabled), /ENOENT/);
    assert.deepEqual(removeUnits(place, names), []);
  });
});

test("root's call links the generator for the users and for the system", () => {
  inFolder((etc) => {
    const place = unitPlace(context(0, '/root'), project, etc);
    const paths = installUnits(place, units(0));
    const link = join(etc, 'user-generators/tspod-user-generator');
    assert.ok(paths.includes(link));
    assert.equal(readlinkSync(link), join(project, 'libexec/tspod-user-generator'));
    assert.equal(readlinkSync(join(etc, 'system-generators/tspod-system-generator')), readlinkSync(link));
    assert.equal(
      removeUnits(
        place,
        units(0).map(({ name }) => name),
      ).length,
      paths.length,
    );
    assert.throws(() => readlinkSync(link), /ENOENT/);
  });
});

test('what somebody else has written stays, and nothing is written', () => {
  inFolder((home) => {
    const place = unitPlace(context(1000, home), project);
    mkdirSync(place.directory, { recursive: true });
    const path = join(place.directory, 'tspod-restart.service');
    writeFileSync(path, '[Service]\n');
    const names = units(1000).map(({ name }) => name);
    assert.throws(
      () => installUnits(place, units(1000)),
      /tspod-restart\.service" is there, and .* has not written it/,
    );
    assert.throws(() => removeUnits(place, names), /has not written it/);
    assert.equal(readFileSync(path, 'utf8'), '[Service]\n');
    assert.ok(!existsSync(join(place.directory, 'tspod-auto-update.timer')));
  });
});
