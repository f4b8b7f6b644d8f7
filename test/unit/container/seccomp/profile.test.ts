import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { DEFAULT_CAPABILITIES } from '../../../../src/container/capabilities';
import { defaultProfile } from '../../../../src/container/seccomp/default-profile';
import { readProfile } from '../../../../src/container/seccomp/read-profile';
import type { OciSeccomp } from '../../../../src/runtime/oci-spec';

/** Every action that a profile has for a call without conditions on its arguments. */
function actions(profile: OciSeccomp, call: string): string[] {
  return (profile.syscalls ?? [])
    .filter(({ names, args }) => names.includes(call) && !args)
    .map(({ action }) => action);
}

test('defaultProfile() decides once about each call', () => {
  for (const capabilities of [
    [],
    [...DEFAULT_CAPABILITIES],
    ['CAP_SYS_ADMIN', 'CAP_PERFMON', 'CAP_BPF', 'CAP_AUDIT_WRITE'],
  ]) {
    const profile = defaultProfile(capabilities, 'x64');
    const names = (profile.syscalls ?? []).filter(({ args }) => !args).flatMap((rule) => rule.names);
    assert.equal(new Set(names).size, names.length);
  }
});

test('defaultProfile() answers ENOSYS for calls that it does not know', () => {
  const profile = defaultProfile([], 'x64');
  assert.equal(profile.defaultAction, 'SCMP_ACT_ERRNO');
  assert.equal(profile.defaultErrnoRet, 38);
});

test('defaultProfile() opens calls with the capability that they need', () => {
  const closed = defaultProfile([], 'x64');
  const open = defaultProfile(['CAP_SYS_ADMIN', 'CAP_SYS_CHROOT', 'CAP_SYS_TIME'], 'x64');
  for (const call of ['quotactl', 'chroot', 'settimeofday', 'bpf']) {
    assert.deepEqual(actions(closed, call), ['SCMP_ACT_ERRNO'], call);
    assert.deepEqual(actions(open, call), ['SCMP_ACT_ALLOW'], call);
  }
  assert.deepEqual(actions(defaultProfile(['CAP_PERFMON'], 'x64'), 'perf_event_open'), ['SCMP_ACT_ALLOW']);
  // nested containers enter the namespaces that they have made
  assert.deepEqual(actions(closed, 'setns'), ['SCMP_ACT_ALLOW']);
  for (const call of ['kexec_load', 'userfaultfd', 'swapon']) {
    assert.deepEqual(actions(open, call), ['SCMP_ACT_ERRNO'], call);
  }
});

test('defaultProfile() knows the calls of each processor', () => {
  assert.deepEqual(actions(defaultProfile([], 'x64'), 'arch_prctl'), ['SCMP_ACT_ALLOW']);
  assert.deepEqual(actions(defaultProfile([], 'arm64'), 'arch_prctl'), []);
  assert.equal(defaultProfile([], 'arm64').architectures?.[0], 'SCMP_ARCH_AARCH64');
});

test('readProfile() keeps the rules whose conditions hold', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-seccomp-'));
  const file = join(folder, 'profile.json');
  const rule = (name: string, more: object) => ({
    names: [name],
    action: 'SCMP_ACT_ALLOW',
    args: [],
    ...more,
  });
  try {
    writeFileSync(
      file,
      JSON.stringify({
        defaultAction: 'SCMP_ACT_ERRNO',
        archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
        syscalls: [
          rule('always', { args: null }),
          { name: 'old', action: 'SCMP_ACT_ALLOW' },
          rule('with', { includes: { caps: ['CAP_KILL'] } }),
          rule('without', { excludes: { caps: ['CAP_KILL'] } }),
          rule('arm', { includes: { arches: ['arm64'] } }),
          rule('future', { includes: { minKernel: '99.0' } }),
        ],
      }),
    );
    const names = (capabilities: string[], arch: string) =>
      (readProfile(file, capabilities, arch).syscalls ?? []).flatMap((each) => each.names);
    assert.deepEqual(names(['CAP_KILL'], 'x64'), ['always', 'old', 'with']);
    assert.deepEqual(names([], 'arm64'), ['always', 'old', 'without', 'arm']);
    assert.deepEqual(readProfile(file, [], 'x64').architectures, ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86']);
    writeFileSync(file, '{}');
    assert.throws(() => readProfile(file, []), /there is no defaultAction/);
    writeFileSync(file, '{');
    assert.throws(() => readProfile(file, []), /opening seccomp profile/);
    assert.throws(
      () => readProfile('/nope', []),
      /opening seccomp profile "\/nope" failed: \/nope: no such file/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
