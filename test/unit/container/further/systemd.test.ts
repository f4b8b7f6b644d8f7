import assert from 'node:assert/strict';
import test from 'node:test';
import { runsSystemd } from '../../../../src/container/create/create-process';
import { prepareForSystemd } from '../../../../src/container/further/systemd-mounts';
import type { ContainerRecord } from '../../../../src/container/record';
import type { OciSpec } from '../../../../src/runtime/oci-spec';

const PROGRAMS: [argv: string[], isSystemd: boolean][] = [
  [['/sbin/init'], true],
  [['/usr/sbin/init', '--unit=x'], true],
  [['/usr/local/sbin/init'], true],
  [['/lib/systemd/systemd'], true],
  [['systemd'], true],
  [['/bin/sh', '-c', '/sbin/init'], true],
  [['sh', '-c', '/sbin/init'], false],
  [['init'], false],
  [['/bin/init'], false],
  [['/usr/bin/systemd-nspawn'], false],
  [[], false],
];

for (const [argv, isSystemd] of PROGRAMS) {
  test(`${JSON.stringify(argv)} is ${isSystemd ? '' : 'not '}taken for systemd`, () => {
    assert.equal(runsSystemd({}, argv), isSystemd);
    assert.deepEqual(
      [runsSystemd({ systemd: true }, argv), runsSystemd({ systemd: false }, argv)],
      [true, false],
    );
  });
}

test('prepareForSystemd() adds what is missing, and lets it write its control group', () => {
  const spec = {
    process: { env: ['A=1'] },
    mounts: [
      { destination: '/sys/fs/cgroup', type: 'cgroup', options: ['nosuid', 'ro'] },
      { destination: '/tmp', type: 'bind', source: '/mine' },
    ],
  } as unknown as OciSpec;
  const record = { id: 'a'.repeat(64), options: { further: { systemdSize: 4096 } } } as ContainerRecord;
  prepareForSystemd(spec, record);
  assert.deepEqual(spec.process.env, ['A=1', `container_uuid=${'a'.repeat(32)}`]);
  assert.deepEqual(spec.mounts[0]?.options, ['nosuid', 'rw']);
  assert.deepEqual(
    spec.mounts.slice(2).map(({ destination, options }) => [destination, options?.at(-1)]),
    ['/run', '/run/lock', '/var/log/journal'].map((path) => [path, 'size=4096']),
  );
  prepareForSystemd(spec, record);
  assert.equal(spec.process.env.length, 2);
});
