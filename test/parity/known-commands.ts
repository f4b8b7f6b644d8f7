import { spawnSync } from 'node:child_process';
import { allPaths } from '../../src/cli/resolve-command';

/** Commands of Podman, those below groups too, that tspod neither has nor refuses by name, as `ENG COMMAND`. */
export function unknownCommands(): { count: number; lines: string[] } {
  const known = new Set(allPaths());
  const theirs = podmanCommands('');
  const lines = theirs.filter((path) => !known.has(path)).map((path) => `ENG ${path}`);
  return { count: theirs.length, lines };
}

/** What the help of a command lists, and all below it. */
function podmanCommands(path: string): string[] {
  const words = path === '' ? [] : path.split(' ');
  const { stdout } = spawnSync('podman', [...words, '--help'], { encoding: 'utf8' });
  const list = /^Available Commands:\n((?: {2}.*\n)*)/m.exec(stdout)?.[1] ?? '';
  return [...list.matchAll(/^ {2}(\S+)/gm)].flatMap(([, word = '']) => {
    const below = [...words, word].join(' ');
    return [below, ...podmanCommands(below)];
  });
}
