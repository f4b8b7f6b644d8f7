import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'smol-toml';
import { mergeContainersConf } from '../../../src/config/merge-containers-conf';

function merge(...texts: string[]) {
  return mergeContainersConf(
    texts.map((text, index) => ({ path: `/f${index}`, text, content: parse(text) })),
  );
}

test('mergeContainersConf() without files has empty tables', () => {
  const tables = { containers: {}, engine: {}, network: {}, secrets: {} };
  assert.deepEqual(merge(), { ...tables, origins: {}, ignored: [], files: [] });
});

test('mergeContainersConf() lets a later value and a later list replace an earlier one', () => {
  const conf = merge('[containers]\ntz="local"\nenv=["A=1"]', '[containers]\ntz="UTC"\nenv=["B=2"]');
  assert.deepEqual(conf.containers, { tz: 'UTC', env: ['B=2'] });
  assert.deepEqual(conf.files, ['/f0', '/f1']);
});

test('mergeContainersConf() appends to a list that asks for it, in later files too, until told otherwise', () => {
  const append = '[containers]\nenv=["B=2", {append=true}]';
  const later = '[containers]\nenv=["C=3"]';
  const off = '[containers]\nenv=["D=4", {append=false}]';
  assert.deepEqual(merge('[containers]\nenv=["A=1"]', append, later).containers.env, ['A=1', 'B=2', 'C=3']);
  assert.deepEqual(merge(append, off).containers.env, ['D=4']);
});

test('mergeContainersConf() names keys and tables that have no effect, but not empty tables', () => {
  const conf = merge('[engine]\nconmon_path=["/x"]\n[engine.runtimes]\n[farms]\n[machine]\ncpus=2');
  assert.deepEqual(conf.ignored, [
    {
      key: 'engine.conmon_path',
      origin: '"/f0", line 2',
      reason: 'there is no conmon: the monitor is a part of tspod',
    },
    { key: 'machine.cpus', origin: '"/f0", line 6', reason: 'containers run on this machine itself' },
  ]);
});

test('mergeContainersConf() tells a key that Podman does not know from one that it knows', () => {
  const { ignored } = merge('[containers]\npid_limit=1\nlabel=false\n[nowhere]\nx=1');
  assert.deepEqual(
    ignored.map(({ key, reason }) => [key, reason !== undefined]),
    [
      ['containers.pid_limit', false],
      ['containers.label', true],
      ['nowhere.x', false],
    ],
  );
});

test('mergeContainersConf() says where each value comes from', () => {
  const { origins } = merge(
    '[containers]\n\ntz="UTC"\n"umask"="0077"',
    '[containers]\ntz="local"\n[engine]\nenv=[]',
  );
  assert.deepEqual(origins, {
    'containers.tz': '"/f1", line 2',
    'containers.umask': '"/f0", line 4',
    'engine.env': '"/f1", line 4',
  });
});

test('mergeContainersConf() takes a size as a number or a text', () => {
  assert.equal(merge('[containers]\nshm_size=65536').containers.shm_size, '65536');
  assert.equal(merge('[containers]\nshm_size="64m"').containers.shm_size, '64m');
});

const WRONG: [string, string, RegExp][] = [
  [
    'a text for an integer',
    '[containers]\npids_limit="many"',
    /"\/f0", line 2: containers.pids_limit must be an integer, got "many"/,
  ],
  ['a number for a list', '[containers]\nenv=1', /containers.env must be a list of strings, got 1/],
  ['a number in a list', '[containers]\nenv=[1]', /containers.env must be a list of strings, got 1/],
  ['a text for a boolean', '[containers]\ninit="yes"', /containers.init must be true or false, got "yes"/],
  ['a key outside every table', 'tz="UTC"', /tz must be a table, got "UTC"/],
];

for (const [name, text, message] of WRONG) {
  test(`mergeContainersConf() refuses ${name}`, () => {
    assert.throws(() => merge(text), { code: 'invalid', message });
  });
}

test('mergeContainersConf() merges the keys of tables inside tables', () => {
  const first =
    '[engine.runtimes]\ncrun=["/a"]\nrunc=["/b"]\n[secrets]\ndriver="shell"\n[secrets.opts]\nlist="l"';
  const conf = merge(first, '[engine.runtimes]\ncrun=["/c"]\n[secrets]\nopts={ store="s" }');
  assert.deepEqual(conf.engine.runtimes, { crun: ['/c'], runc: ['/b'] });
  assert.deepEqual(conf.secrets, { driver: 'shell', opts: { list: 'l', store: 's' } });
  assert.equal(conf.origins['secrets.opts'], '"/f1", line 4');
});

test('mergeContainersConf() refuses wrong values in tables inside tables', () => {
  assert.throws(
    () => merge('[engine.runtimes]\ncrun="/a"'),
    /engine.runtimes.crun must be a list of strings/,
  );
  assert.throws(() => merge('[secrets.opts]\nlist=1'), /secrets.opts.list must be a string/);
  assert.throws(() => merge('[secrets]\nopts=1'), /secrets.opts must be a table/);
});
