import { TspodError } from '../../../lib/errors';
import { didYouMean } from '../../../systemd/problem';
import { loadQuadlets } from '../../../systemd/quadlet/load-quadlets';
import { searchDirectories, type SearchPlace } from '../../../systemd/quadlet/search-paths';
import type { Quadlet } from '../../../systemd/quadlet/types';

/** All installed Quadlet files, by their names. */
export function installedQuadlets(place: SearchPlace): Quadlet[] {
  return loadQuadlets(searchDirectories(place)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The installed file of that name. Throws 'not-found' with the nearest. */
export function findInstalled(quadlets: readonly Quadlet[], name: string): Quadlet {
  const found = quadlets.find((quadlet) => quadlet.name === name);
  if (found) return found;
  const near = didYouMean(
    name,
    quadlets.map((quadlet) => quadlet.name),
  );
  throw new TspodError('not-found', `there is no installed Quadlet file "${name}"${near}`);
}
