import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { debianTar } from './debian';

/** Something that a machine may lack. */
export type Capability = keyof typeof capabilities;

interface CapabilityRow {
  /** Why the machine does not have it; undefined when it has. */
  missing(): string | undefined;
  /** The file of test/vm, on a machine that has it, that covers what is skipped here; absent: the tests' own set-up gives it. */
  vm?: string;
}

const capabilities = {
  'cgroup-delegation': { missing: noDelegation, vm: 'limits.sh' },
  'cgroup-memory': { missing: () => noController('memory'), vm: 'limits.sh' },
  'cgroup-cpu': { missing: () => noController('cpu'), vm: 'limits.sh' },
  'cgroup-pids': { missing: () => noController('pids'), vm: 'limits.sh' },
  'cgroup-io': { missing: () => noController('io'), vm: 'limits.sh' },
  fish: { missing: () => noProgram('fish') },
  fuse: { missing: () => noAccess('/dev/fuse') },
  fuse2fs: { missing: () => noProgram('fuse2fs') },
  tun: { missing: () => noAccess('/dev/net/tun') },
  crun: { missing: () => noProgram('crun'), vm: 'limits.sh' },
  runc: { missing: () => noProgram('runc') },
  pasta: { missing: () => noProgram('pasta') },
  zsh: { missing: () => noProgram('zsh') },
  debian: {
    missing: () => (debianTar() === undefined ? 'no Debian root file system' : undefined),
  },
} as const satisfies Record<string, CapabilityRow>;

/** For the options of a test: `test('...', needs('crun'), ...)` is skipped, with the reason, where that is missing. */
export function needs(...names: Capability[]): { skip?: string } {
  for (const name of names) {
    const row: CapabilityRow = capabilities[name];
    const reason = row.missing();
    if (reason === undefined) continue;
    return { skip: `${name}: ${reason}${row.vm === undefined ? '' : `; covered by test/vm/${row.vm}`}` };
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
