import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tspodProgram } from './project';
import { testFolder } from './test-home';
import type { Result, RunOptions } from './tspod';
import { runTspod } from './tspod';

/** What the machine is made to lack for one program: a mount and user namespace of its own hides it. */
export interface Lacks {
  /** Programs of /usr/bin. */
  programs?: readonly string[];
  /** /etc/subuid and /etc/subgid are empty. */
  subordinateIds?: boolean;
  /** No further user namespace can be made. */
  userNamespaces?: boolean;
  /** There is no control group at all. */
  controlGroups?: boolean;
  /** /dev/fuse cannot be used. */
  fuse?: boolean;
  /** The root is not a mount's: everything is seen as it is, but by chroot(2). */
  chroot?: boolean;
  /** A directory on a file system of its own that holds this much, in KiB. */
  space?: { path: string; size: number };
}

/**
 * Runs `tspod ARGS` where something is missing. The user has no other id there (newuidmap is not set-uid root in a user
 * namespace), so containers run only together with `subordinateIds`.
 */
export function runLacking(lacks: Lacks, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return runScriptLacking(lacks, 'exec tspod "$@"', args, options);
}

/** Runs a shell script there, in which `tspod` is the program under test; its `$@` are the arguments. */
export function runScriptLacking(
  lacks: Lacks,
  script: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Result> {
  const folder = testFolder('machine');
  mkdirSync(`${folder}/tools`);
  symlinkSync(tspodProgram, `${folder}/tools/tspod`);
  writeFileSync(`${folder}/script`, `PATH=${folder}/tools:$PATH\n${script}\n`);
  writeFileSync(`${folder}/set-up`, setUp(folder, lacks));
  const unshare = ['--map-current-user', '--keep-caps', '--mount', 'sh', `${folder}/set-up`];
  return runTspod([...unshare, ...args], { ...options, program: 'unshare' });
}

function setUp(
  folder: string,
  { programs = [], subordinateIds, userNamespaces, controlGroups, fuse, space, chroot }: Lacks,
): string {
  const lines = ['set -e'];
  if (programs.length > 0) lines.push(...hide(folder, programs));
  if (subordinateIds) {
    writeFileSync(`${folder}/empty`, '');
    lines.push(...['subuid', 'subgid'].map((name) => `mount --bind ${folder}/empty /etc/${name}`));
  }
  if (space) {
    mkdirSync(space.path, { recursive: true });
    lines.push(`mount -t tmpfs -o size=${space.size}k,mode=700 tmpfs ${space.path}`);
  }
  if (controlGroups) lines.push('mount -t tmpfs tmpfs /sys/fs/cgroup');
  // what no user can open is in its place
  if (fuse) lines.push('if [ -e /dev/fuse ]; then mount --bind /etc/shadow /dev/fuse; fi');
  if (userNamespaces) lines.push('echo 0 >/proc/sys/user/max_user_namespaces');
  if (chroot) lines.push(`mkdir ${folder}/root`, `mount --rbind / ${folder}/root`);
  const enter = chroot ? `chroot ${folder}/root ` : '';
  lines.push(`exec ${enter}setpriv --inh-caps=-all --ambient-caps=-all sh ${folder}/script "$@"`);
  return `${lines.join('\n')}\n`;
}

/** /usr/bin becomes a folder of links to what it held. */
function hide(folder: string, programs: readonly string[]): string[] {
  for (const name of ['all', 'some']) mkdirSync(`${folder}/${name}`);
  for (const name of readdirSync('/usr/bin'))
    if (!programs.includes(name)) symlinkSync(`${folder}/all/${name}`, `${folder}/some/${name}`);
  return [`mount --bind /usr/bin ${folder}/all`, `mount --bind ${folder}/some /usr/bin`];
}
