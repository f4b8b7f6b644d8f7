import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { debianTar } from './debian';

/** Something that a machine may lack. */
export type Capability = keyof typeof capabilities;

interface CapabilityRow {
  /** Why the machine does not have it; undefined when it has. */
  missing(): string | undefined;
  /** The test under test/vm, on a machine that has it, that covers what is skipped here. */
  vm: string;
}

const capabilities = {
  'cgroup-delegation': { missing: noDelegation, vm: 'cgroup.test.ts' },
  'cgroup-memory': { missing: () => noController('memory'), vm: 'cgroup.test.ts' },
  'cgroup-cpu': { missing: () => noController('cpu'), vm: 'cgroup.test.ts' },
  'cgroup-pids': { missing: () => noController('pids'), vm: 'cgroup.test.ts' },
  'cgroup-io': { missing: () => noController('io'), vm: 'cgroup.test.ts' },
  fuse: { missing: () => noAccess('/dev/fuse'), vm: 'storage.test.ts' },
  fuse2fs: { missing: () => noProgram('fuse2fs'), vm: 'storage.test.ts' },
  tun: { missing: () => noAccess('/dev/net/tun'), vm: 'network.test.ts' },
  crun: { missing: () => noProgram('crun'), vm: 'runtime.test.ts' },
  runc: { missing: () => noProgram('runc'), vm: 'runtime.test.ts' },
  pasta: { missing: () => noProgram('pasta'), vm: 'network.test.ts' },
  debian: {
    missing: () => (debianTar() === undefined ? 'no Debian root file system' : undefined),
    vm: 'debian.test.ts',
  },
} as const satisfies Record<string, CapabilityRow>;

/** For the options of a test: `test('...', needs('crun'), ...)` is skipped, with the reason, where that is missing. */
export function needs(...names: Capability[]): { skip?: string } {
  for (const name of names) {
    const reason = capabilities[name].missing();
    if (reason !== undefined)
      return { skip: `${name}: ${reason}; covered by test/vm/${capabilities[name].vm}` };
  }
  return {};
}

/** The directory of cgroup v2 in which this process may make groups; undefined when there is none. */
export function delegatedCgroup(): string | undefined {
  const line = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (line === undefined) return undefined;
  const top = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(`${path}/cgroup.procs`));
  const own = `${top ?? ''}${line}`;
  return top !== undefined && isWritable(own) && isWritable(`${own}/cgroup.procs`) ? own : undefined;
}

function noDelegation(): string | undefined {
  return delegatedCgroup() === undefined ? 'no control group is delegated to this user' : undefined;
}

function noController(name: string): string | undefined {
  const group = delegatedCgroup();
  if (group === undefined) return noDelegation();
  const has = readFileSync(`${group}/cgroup.controllers`, 'utf8').trim().split(' ').includes(name);
  return has ? undefined : `the controller "${name}" is not delegated`;
}

function noAccess(device: string): string | undefined {
  return isWritable(device) ? undefined : `${device} cannot be opened`;
}

function noProgram(name: string): string | undefined {
  const { error } = spawnSync(name, ['--version']);
  return error === undefined ? undefined : `${name} is not installed`;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
