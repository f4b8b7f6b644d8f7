import type { Noun } from './object-names';

/** What stands in one place of a command line: names, files, or nothing that could be known. */
export type Place = Noun | 'object' | 'files' | 'words';

/** What each command takes, place by place; the last is for all that follow. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  completion: ['words'],
  'container commit': ['container', 'words'],
  'container cp': ['container', 'container'],
  'container create': ['image', 'files'],
  'container exec': ['container', 'files'],
  'container port': ['container', 'words'],
  'container rename': ['container', 'words'],
  'container run': ['image', 'files'],
  'container top': ['container', 'words'],
  diff: ['object'],
  'image build': ['files'],
  'image import': ['files', 'words'],
  'image load': ['words'],
  'image search': ['words'],
  'image tag': ['image', 'words'],
  inspect: ['object'],
  login: ['words'],
  'manifest create': ['words', 'image'],
  'network connect': ['network', 'container'],
  'network create': ['words'],
  'network disconnect': ['network', 'container'],
  'secret create': ['words', 'files'],
  'volume create': ['words'],
  'volume import': ['volume', 'files'],
};

/** What the groups take that are not in the table. */
const GROUPS: Readonly<Record<string, Place>> = {
  container: 'container',
  healthcheck: 'container',
  image: 'image',
  manifest: 'image',
  network: 'network',
  secret: 'secret',
  volume: 'volume',
};

/** What the argument number `at` of the command is the name of. */
export function placeOf(path: string, at: number): Place {
  const places = PLACES[path];
  if (places !== undefined) return places[Math.min(at, places.length - 1)] ?? 'words';
  return GROUPS[path.split(' ')[0] ?? ''] ?? 'files';
}
