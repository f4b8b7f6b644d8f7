// What tests must not leave behind: processes, mounts, files of the runtime directory, control groups.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const networkHelpers = /^(slirp4netns|pasta|pasta\.avx2|fuse-overlayfs)$/;

/** A line for everything that was left behind by the tests of `project`, run by this user. */
export function leftovers(project) {
  if (process.getuid() === 0) return [...rootProcesses(), ...rootMounts(), ...files(), ...rootFiles()];
  return [...processes(project), ...mounts(), ...files(), ...cgroups()];
}

// Root may have containers of its own: only who has the home of a test is looked for.
function rootProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      read(`/proc/${pid}/environ`)
        .split('\0')
        .some((line) => line.startsWith(`HOME=${process.env.HOME}/h-`)),
    )
    .map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).split('\0').join(' ')}`);
}

// Below the places that scripts/as-root.sh has mounted; what lay below the machine's own is hidden there.
function rootMounts() {
  const rows = read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' '));
  const places = new Set(
    rows.filter((row) => row[3]?.startsWith(dirname(process.env.HOME))).map(([id]) => id),
  );
  return rows.filter((row) => places.has(row[1])).map((row) => `mount: ${row[4]}`);
}

function rootFiles() {
  return ['/var/lib/tspod/containers', '/run/tspod/containers', '/run/tspod/netd'].flatMap((folder) =>
    list(folder).map((name) => `file: ${join(folder, name)}`),
  );
}

function processes(project) {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const words = read(`/proc/${pid}/cmdline`).split('\0');
    const program = words[0] ?? '';
    const isOurs = program.startsWith(`${project}/`) || words.includes(join(project, 'bin/tspod'));
    const isHelper = networkHelpers.test(read(`/proc/${pid}/comm`).trim()) && words.some(isInOurFolders);
    if (isOurs || isHelper) found.push(`process ${pid}: ${words.join(' ')}`);
  }
  return found;
}

function mounts() {
  return read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter(isInOurFolders)
    .map((path) => `mount: ${path}`);
}

function files() {
  const found = list(process.env.XDG_RUNTIME_DIR).map(
    (name) => `file: ${join(process.env.XDG_RUNTIME_DIR, name)}`,
  );
  const homes = list(process.env.HOME).filter((name) => name.startsWith('h-'));
  return [...found, ...homes.map((name) => `file: ${join(process.env.HOME, name)}`)];
}

// The tests run in the group "tests" of a delegated one: nothing else may be left there.
function cgroups() {
  const own = /^0::(.*)\/tests$/m.exec(read('/proc/self/cgroup'))?.[1];
  if (own === undefined) return [];
  const top = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].map((path) => path + own).find(isDirectory);
  if (top === undefined) return [];
  return list(top)
    .filter((name) => isDirectory(join(top, name)) && name !== 'tests')
    .concat(list(join(top, 'tests')).filter((name) => isDirectory(join(top, 'tests', name))))
    .map((name) => `control group: ${name}`);
}

function isInOurFolders(text) {
  return [process.env.HOME, process.env.XDG_RUNTIME_DIR].some(
    (folder) => folder && text.includes(`${folder}/`),
  );
}

function isDirectory(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
