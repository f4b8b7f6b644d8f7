import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { afterEach, before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const network = uniqueName('net');

before(() => runTspod(['network', 'create', '--ipv6', network]));
afterEach(() => runTspod(['rm', '--all', '--force', '--time', '0']));

type Victim = 'netd' | 'helper' | 'monitor';
const cases: readonly (readonly [network: string, victims: readonly Victim[]])[] = [
  [network, []],
  [network, ['netd']],
  [network, ['helper']],
  [network, ['monitor']],
  [network, ['netd', 'helper']],
  [network, ['monitor', 'netd', 'helper']],
  ['slirp4netns', []],
  ['slirp4netns', ['helper']],
  ['slirp4netns', ['monitor', 'helper']],
  ['pasta', []],
  ['pasta', ['helper']],
  ['pasta', ['monitor', 'helper']],
];

for (const [kind, victims] of cases) {
  const where = kind === network ? 'a network' : kind;
  const when = victims.length === 0 ? 'the container has ended' : `kill -9 of ${victims.join(', ')}`;
  const options = kind === 'pasta' ? needs('tun', 'pasta') : needs('tun');
  test(`${where}: no namespace, process, interface or file is left after ${when}`, options, async () => {
    const interfaces = readdirSync('/sys/class/net');
    const publish = words`--network ${kind} -p 127.0.0.1::80`;
    const id = (await runTspod(words`run -d ${publish} busybox sleep 1000`)).stdout.trim();
    const found = await processesOf(id, kind === network);
    const spaces = [found.container, found.netd].flatMap(spacesOf);
    const members = holders(spaces);
    assert.ok(members.includes(String(found.container)));
    for (const victim of victims) kill(found[victim]);
    await runTspod(['rm', '-f', '-t', '0', id]);
    await waitFor('the end of the namespaces', () => !members.some((pid) => holds(pid, spaces)));
    await waitFor('the end of the processes', () => Object.values(found).every((pid) => !isAlive(pid)));
    await waitFor('the end of another netd', () => processes('tspod-netd').length === 0);
    assert.deepEqual(readdirSync('/sys/class/net'), interfaces);
    assert.deepEqual(filesOf(id), []);
    // and the next one finds all in order
    await runTspod(words`run --rm ${publish} busybox true`);
  });
}

/** One that has ended with the one before is as good as killed. */
function kill(pid: number | undefined): void {
  assert.ok(pid);
  orElse(false, () => process.kill(pid, 'SIGKILL'));
}

interface Processes {
  container: number;
  monitor: number;
  helper: number;
  netd: number | undefined;
}

async function processesOf(id: string, isBridge: boolean): Promise<Processes> {
  const { stdout } = await runTspod(['inspect', id, '--format', '{{.State.Pid}} {{.State.ConmonPid}}']);
  const [container = 0, monitor = 0] = stdout.split(' ').map(Number);
  const space = isBridge ? 'tspod/netd/netns' : `containers/${id}/netns`;
  const helper = await waitFor('the helper', () => processes(space)[0]);
  return { container, monitor, helper, netd: isBridge ? processes('tspod-netd')[0] : undefined };
}

/** Those of this test file whose command line has the word. */
function processes(word: string): number[] {
  const { runtime } = testHome();
  return readdirSync('/proc').flatMap((pid) => {
    const line = /^\d+$/.test(pid) ? read(`/proc/${pid}/cmdline`) : '';
    return line.includes(word) && line.includes(runtime) && isAlive(Number(pid)) ? [Number(pid)] : [];
  });
}

/** Zombies are as good as gone: who was their parent is not ours. */
function isAlive(pid: number | undefined): boolean {
  return pid !== undefined && /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));
}

/** The namespaces of a process that this one does not have: `net:[4026531840]`. */
function spacesOf(pid: number | undefined): string[] {
  if (pid === undefined) return [];
  return ['net', 'mnt', 'pid', 'user']
    .map((kind) => link(`/proc/${pid}/ns/${kind}`))
    .filter((space) => space !== '' && !holds('self', [space]));
}

/**
 * Processes that are in one of these namespaces, or have it open or mounted: without them the kernel ends it, and gives its number
 * to the next one, of whomever.
 */
function holders(spaces: readonly string[]): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && holds(pid, spaces));
}

function holds(pid: string, spaces: readonly string[]): boolean {
  const links = ['ns', 'fd'].flatMap((folder) => list(`/proc/${pid}/${folder}`));
  return links.some((path) => spaces.includes(link(path))) || isMounted(pid, spaces);
}

function isMounted(pid: string, spaces: readonly string[]): boolean {
  const mounts = read(`/proc/${pid}/mountinfo`);
  return spaces.some((space) => mounts.includes(space));
}

/** What is left of a container and of netd. */
function filesOf(id: string): string[] {
  const { runtime, home } = testHome();
  const store = join(home, '.local/share/tspod');
  const places = [join(runtime, 'tspod/containers', id), join(store, 'containers', id)];
  return [...places, join(runtime, 'tspod/netd'), join(runtime, 'tspod/netd.sock')].filter((path) =>
    existsSync(path),
  );
}

function list(folder: string): string[] {
  return orElse([], () => readdirSync(folder).map((name) => join(folder, name)));
}

const read = (path: string): string => orElse('', () => readFileSync(path, 'utf8'));
const link = (path: string): string => orElse('', () => readlinkSync(path));

/** Of processes that end meanwhile, and of those of others, nothing is known. */
function orElse<T>(otherwise: T, get: () => T): T {
  try {
    return get();
  } catch {
    return otherwise;
  }
}
