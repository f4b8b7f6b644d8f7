import type { Tree, TreeFile } from './read-tree';

/** What an engine makes for its mounts in a container or a layer, besides what is asked of it. */
const STUBS =
  /^(|dev|proc|sys|run|etc|etc\/(hosts|hostname|resolv\.conf|mtab)|run\/(\.containerenv|secrets|lock)|dev\/.*)$/;
/** Files are younger where the build has made them. */
const AN_HOUR = 3600;

/** One line for each difference. */
export function compareTrees(podman: Tree, tspod: Tree): string[] {
  const paths = [...new Set([...podman.keys(), ...tspod.keys()])].sort();
  return paths
    .filter((path) => !STUBS.test(path))
    .flatMap((path) => compareFile(path, podman.get(path), tspod.get(path)));
}

function compareFile(path: string, podman: TreeFile | undefined, tspod: TreeFile | undefined): string[] {
  if (podman === undefined || tspod === undefined)
    return [`/${path}: only ${podman === undefined ? 'tspod' : 'podman'} has it`];
  const keys = ['type', 'mode', 'owner', 'content', 'xattrs', 'links'] as const;
  const lines = keys
    .filter((key) => podman[key] !== tspod[key])
    .map((key) => `/${path}: ${key}: podman ${podman[key]}, tspod ${tspod[key]}`);
  return [...lines, ...compareTimes(path, podman, tspod)];
}

/** Times of what was there before; directories are dated by whatever comes into them. */
function compareTimes(path: string, podman: TreeFile, tspod: TreeFile): string[] {
  const young = Date.now() / 1000 - AN_HOUR;
  const isSame = podman.modified === tspod.modified || (podman.modified > young && tspod.modified > young);
  if (isSame || podman.type === 'directory') return [];
  return [`/${path}: modified: podman ${podman.modified}, tspod ${tspod.modified}`];
}
