import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'node:test';
import { parse } from 'smol-toml';
import { engineDefaults, engineEnvironment } from '../../../../src/cli/options/engine-defaults';
import { CONTAINERS_CONF_KEYS } from '../../../../src/config/containers-conf-keys';
import { unusedKeys } from '../../../../src/config/podman-keys';
import { CDI_DIRECTORIES } from '../../../../src/container/further/cdi-specs';
import { HOOKS_DIRECTORY } from '../../../../src/container/further/hooks-directory';
import { POOLS } from '../../../../src/network/record/choose-subnet';
import { confOf, optionsWith } from './conf-options';

const EXAMPLE = readFileSync(resolve('containers.conf.example'), 'utf8').replace(/^#(\w+ = )/gm, '$1');

test('containers.conf.example documents every key that is honoured, and no other', () => {
  const documented = Object.entries(parse(EXAMPLE)).map(([table, keys]) => [table, Object.keys(keys).sort()]);
  const known = Object.entries(CONTAINERS_CONF_KEYS).map(([table, keys]) => [
    table,
    Object.keys(keys).sort(),
  ]);
  assert.deepEqual(documented, known);
});

test('containers.conf.example says of every other key of Podman why it has no effect', () => {
  const told = [...EXAMPLE.matchAll(/^# {3}(\w+\.\w+): (.*)$/gm)].map(([, key, reason]) => [key, reason]);
  assert.deepEqual(Object.fromEntries(told), unusedKeys());
});

test('the values of containers.conf.example are the defaults', () => {
  const { defaultCapabilities, defaultEnv, oomScoreAdj, ...options } = optionsWith(EXAMPLE);
  assert.deepEqual(options, optionsWith(''));
  assert.equal(defaultCapabilities?.length, 11);
  assert.deepEqual([defaultEnv, oomScoreAdj], [{}, 0]);
  const {
    programFolders,
    slirpOptions,
    pastaOptions,
    hooksDirs,
    cdiDirs,
    events,
    transfer,
    runtimes,
    secrets,
    subnetPools,
    nameAsHostname,
    ...engine
  } = engineDefaults(confOf(EXAMPLE));
  assert.deepEqual(events, { logger: 'file', maxSize: 1_000_000, health: true });
  assert.deepEqual([hooksDirs, cdiDirs], [[HOOKS_DIRECTORY], CDI_DIRECTORIES]);
  assert.deepEqual([runtimes, secrets], [{}, { driver: 'file', options: {} }]);
  assert.deepEqual(transfer, {
    ...{ retry: 3, pullPolicy: 'missing', multiImageArchive: false, compression: { format: 'gzip' } },
  });
  assert.deepEqual([subnetPools, nameAsHostname], [POOLS, false]);
  assert.deepEqual([programFolders, slirpOptions, pastaOptions], [[], [], []]);
  assert.deepEqual(engine, {
    detachKeys: 'ctrl-p,ctrl-q',
    ...{ networkHelper: 'slirp4netns', defaultNetwork: 'podman', defaultSubnet: '10.88.0.0/16' },
  });
  assert.deepEqual(engineEnvironment(confOf(EXAMPLE)), {});
});
