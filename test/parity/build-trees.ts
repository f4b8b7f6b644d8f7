// build-trees.ts [CASE...]: builds each directory of test/parity/builds with Podman and with tspod, and compares the file trees
// and the configurations of the images. TSPOD_DEBIAN_TAR names the root file system that is localhost/debian.
import { cpSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../helpers/project';
import { compareTrees } from './build-tree/compare-trees';
import { configOf } from './build-tree/image-config';
import { readTree } from './build-tree/read-tree';
import type { Tree } from './build-tree/read-tree';
import { closePlace, engines, openPlace, runLine } from './engine';
import type { EngineName, Place } from './engine';

const SECONDS = 300;
const folder = join(project, 'test/parity/builds');
const wanted = process.argv.slice(2);
const debian = process.env['TSPOD_DEBIAN_TAR'] || undefined;
const cases = readdirSync(folder).filter((name) => wanted.length === 0 || wanted.includes(name));
const needsDebian = (name: string): boolean =>
  readFileSync(join(folder, name, 'Containerfile'), 'utf8').includes('debian');

const place = openPlace('builds');
let wrong = 0;
try {
  if (debian !== undefined && cases.some(needsDebian))
    for (const engine of engines) must(engine, `ENG import -q ${debian} localhost/debian:latest`);
  for (const name of cases) {
    if (debian === undefined && needsDebian(name)) console.log(`${name}: left out, there is no Debian image`);
    else compareCase(name);
  }
} finally {
  closePlace(place);
}
console.log(`${cases.length} builds compared, ${wrong} to look at`);
process.exitCode = wrong === 0 ? 0 : 1;

function compareCase(name: string): void {
  try {
    const [podman, tspod] = engines.map((engine) => build(engine, name)) as [Built, Built];
    const found = [...compareTrees(podman.tree, tspod.tree), ...compareConfigs(podman, tspod)];
    const known = listedIn(name);
    const lines = [
      ...found.filter((line) => !known.includes(line)),
      ...known.filter((line) => !found.includes(line)).map((line) => `no difference any more: ${line}`),
    ];
    if (lines.length > 0) wrong += 1;
    const listed = known.length === 0 ? '' : `, ${known.length} listed differences`;
    console.log(`${name}: ${lines.length} to look at${listed}, ${podman.tree.size} files`);
    for (const line of lines.slice(0, 40)) console.log(`  ${line}`);
  } catch (error) {
    wrong += 1;
    console.log(`${name}: ${(error as Error).message}`);
  }
}

/** Differences that stay, a line each; docs/differences.md has the reasons. */
function listedIn(name: string): string[] {
  const file = join(folder, name, 'differences');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

interface Built {
  tree: Tree;
  config: Record<string, unknown>;
}

function build(engine: EngineName, name: string): Built {
  const context = join(place.home, `${name}-${engine}`);
  cpSync(join(folder, name), context, { recursive: true });
  rmSync(join(context, 'differences'), { force: true });
  const enter = `cd ${context}; export engine=ENG;`;
  // files of the context are older than anything that is made meanwhile
  if (existsSync(join(context, 'prepare'))) must(engine, `${enter} umask 022; . ./prepare`);
  must(engine, `${enter} chmod -R go=u,go-w .; find . -exec touch -h -d 2020-02-02 {} +`);
  const file = join(context, 'arguments');
  const args = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  must(engine, `${enter} ENG build -q -t localhost/built ${args} . >/dev/null`);
  const config = configOf(must(engine, 'ENG image inspect localhost/built'));
  const archive = join(place.home, `${engine}.tar`);
  must(
    engine,
    `ENG rm -f -t0 tree >/dev/null 2>&1; ENG create --name tree --network none localhost/built x >/dev/null && ENG export -o ${archive} tree && ENG rm tree`,
  );
  const tree = readTree(readFileSync(archive));
  rmSync(archive);
  return { tree, config };
}

function must(engine: EngineName, line: string): string {
  const { code, stdout, stderr } = runLine(place as Place, line, engine, SECONDS);
  if (code === 0) return stdout;
  throw new Error(`${engine} ended with ${code}: ${stderr.split('\n').slice(-8).join('\n    ')}`);
}

function compareConfigs({ config: podman }: Built, { config: tspod }: Built): string[] {
  const text = (value: unknown): string => JSON.stringify(sorted(value)) ?? 'absent';
  return [...new Set([...Object.keys(podman), ...Object.keys(tspod)])]
    .filter((key) => text(podman[key]) !== text(tspod[key]))
    .map((key) => `${key}: podman ${text(podman[key])}, tspod ${text(tspod[key])}`);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
