import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { groupUsage } from '../../../../src/container/stats/group-usage';
import { parseInterfaces } from '../../../../src/container/stats/network-usage';
import { namespaceProcesses, processUsage } from '../../../../src/container/stats/process-usage';
import { readStats, type ContainerStats } from '../../../../src/container/stats/container-stats';
import { statsFields, statsJson } from '../../../../src/container/stats/stats-fields';
import { statsNotes } from '../../../../src/container/stats/stats-notes';
import type { ListedContainer } from '../../../../src/container/list/list';
import { makeSandbox } from '../sandbox';
import { idFrom, storeContainer } from '../stored-container';

function group(t: TestContext, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'tspod-stats-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const WHOLE = {
  'cgroup.controllers': 'cpu io memory pids\n',
  'cpu.stat': 'usage_usec 1474481\nuser_usec 1286164\nsystem_usec 188316\n',
  'memory.stat': 'anon 53248\nfile 20004864\ninactive_anon 7\n',
  'memory.max': '67108864\n',
  'io.stat': '254:0 rbytes=10 wbytes=20000768 rios=0 wios=22\n8:0 rbytes=5 wbytes=1 rios=1 wios=1\n',
  'pids.current': '3\n',
};

test('groupUsage() reads every file of a control group, and adds devices up', (t) => {
  assert.deepEqual(groupUsage(group(t, WHOLE)), {
    cpu: 1474481,
    systemCpu: 188316,
    memory: 53248,
    memoryLimit: 67108864,
    read: 15,
    written: 20000769,
    tasks: 3,
  });
});

test('groupUsage() leaves out what has no controller, and a limit that is none', (t) => {
  const { 'cpu.stat': cpu } = WHOLE;
  assert.deepEqual(groupUsage(group(t, { 'cpu.stat': cpu, 'cgroup.controllers': '\n' })), {
    cpu: 1474481,
    systemCpu: 188316,
  });
  assert.equal(groupUsage(group(t, { ...WHOLE, 'memory.max': 'max\n' })).memoryLimit, undefined);
  assert.deepEqual(groupUsage('/nonexistent'), {});
});

test('parseInterfaces() reads /proc/PID/net/dev without the loopback', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0',
    '  tap0:12345678       2    3    4    0     0          0         0      656       8    1    2    0     0       0          0',
    '',
  ].join('\n');
  assert.deepEqual(parseInterfaces(text), {
    tap0: {
      ...{ RxBytes: 12345678, RxPackets: 2, RxErrors: 3, RxDropped: 4 },
      ...{ TxBytes: 656, TxPackets: 8, TxErrors: 1, TxDropped: 2 },
    },
  });
  assert.deepEqual(parseInterfaces(''), {});
});

test('processUsage() adds up what processes use, and passes over those that are gone', () => {
  const { tasks = 0, memory = 0 } = processUsage([process.pid, 2 ** 30]);
  assert.ok(tasks > 1 && memory > 1e6);
  assert.deepEqual(processUsage([2 ** 30]), { cpu: 0, systemCpu: 0, memory: 0, tasks: 0 });
});

test('namespaceProcesses() finds the first process in the own namespace, and its descendants', () => {
  assert.ok(namespaceProcesses([process.pid]).get(process.pid)?.includes(process.pid));
});

function listed(t: TestContext, cgroup: string | undefined): ListedContainer {
  const { ctx } = makeSandbox(t);
  const record = storeContainer(ctx, {
    id: idFrom('ab'),
    name: 'web',
    argv: ['--network', 'none', 'busybox'],
  });
  const state = {
    ...{
      phase: 'running' as const,
      pid: 2 ** 30,
      startTime: 1,
      monitorPid: 1,
      exitCode: 0,
      oomKilled: false,
    },
    ...{ restarts: 0, error: '', startedNs: BigInt(Date.now() - 10_000) * 1_000_000n },
  };
  return { record, state: cgroup === undefined ? state : { ...state, cgroup } };
}

function look(container: ListedContainer, earlier?: ContainerStats): ContainerStats {
  const [stats] = readStats([container], new Map(earlier ? [[earlier.id, earlier]] : []));
  assert.ok(stats);
  return stats;
}

test('readStats() shares time since the start at first, then since the last look, and keeps the mean', (t) => {
  const directory = group(t, WHOLE);
  const first = look(listed(t, directory));
  assert.ok(Math.abs(first.cpuPercent - 14.7) < 1, String(first.cpuPercent));
  assert.equal(first.cpuAverage, first.cpuPercent);
  assert.deepEqual(first.missing, []);
  const second = look(listed(t, directory), {
    ...first,
    at: first.at - 1_000_000_000n,
    cpu: first.cpu - 500_000,
  });
  assert.ok(Math.abs(second.cpuPercent - 50) < 5, String(second.cpuPercent));
  assert.ok(Math.abs(second.cpuAverage - (first.cpuPercent + second.cpuPercent) / 2) < 0.001);
  const restarted = look(listed(t, directory), { ...first, cpu: 1e9 });
  assert.equal(restarted.looks, 1);
});

test('readStats() says what is missing; a container that does not run uses nothing', (t) => {
  const { 'cpu.stat': cpu } = WHOLE;
  assert.deepEqual(look(listed(t, undefined)).missing, ['group']);
  const without = look(listed(t, group(t, { 'cpu.stat': cpu })));
  assert.deepEqual(without.missing, ['memory', 'pids', 'io']);
  assert.equal(without.cpu, 1474481);
  const { record, state } = listed(t, group(t, WHOLE));
  const ended = look({ record, state: { ...state, phase: 'exited' } });
  assert.deepEqual([ended.cpu, ended.memoryLimit, ended.looks], [0, 0, 0]);
});

test("statsJson() and statsFields() have Podman's keys and texts", (t) => {
  const stats: ContainerStats = {
    ...look(listed(t, group(t, WHOLE))),
    ...{ cpuPercent: 10.521, cpuAverage: 5, at: 1795245960263748444n },
  };
  assert.deepEqual(statsJson(stats, 'ab'), {
    ...{ id: 'ab', name: 'web', cpu_time: '1.474481s', cpu_percent: '10.52%', avg_cpu: '5.00%' },
    ...{ mem_usage: '53.25kB / 67.11MB', mem_percent: '0.08%', net_io: '0B / 0B' },
    ...{ block_io: '15B / 20MB', pids: '3' },
  });
  const fields = statsFields(stats, 'ab');
  assert.equal(fields['MemUsageBytes'], '52KiB / 64MiB');
  assert.equal(fields['UpTime'], '1.474481s');
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(fields)) as object), [
    ...[
      'AvgCPU',
      'ContainerID',
      'Name',
      'PerCPU',
      'CPU',
      'CPUNano',
      'CPUSystemNano',
      'SystemNano',
      'MemUsage',
    ],
    ...['MemLimit', 'MemPerc', 'Network', 'BlockInput', 'BlockOutput', 'PIDs', 'UpTime', 'Duration'],
  ]);
});

test('statsNotes() names few containers, the controllers and the cure', (t) => {
  const { ctx } = makeSandbox(t, { uid: 1000 });
  const whole = look(listed(t, group(t, WHOLE)));
  assert.deepEqual(statsNotes(ctx, [whole]), []);
  const strays = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...whole, name, missing: ['group'] }));
  const [stray = '', controllers = ''] = statsNotes(ctx, [
    ...strays,
    { ...whole, missing: ['memory', 'io'] },
  ]);
  assert.match(stray, /^without a control group \(a, b, c, 2 more\): .*systemd-run --user/);
  assert.match(
    controllers,
    /^no controller memory, io .*MEM is summed up.*BLOCK IO is not known; .*Delegate=/,
  );
});
