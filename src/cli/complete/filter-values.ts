import { candidates } from './candidate';
import type { Candidate } from './candidate';
import { namesOf } from './object-names';
import type { Noun } from './object-names';

/** What may stand behind a key: words, names of the store, or nothing that could be known. */
type Values = readonly string[] | Noun | undefined;
type Keys = Readonly<Record<string, Values>>;

const YES_NO = ['true', 'false'];
const OF_CONTAINERS: Keys = {
  ancestor: 'image',
  before: 'container',
  command: undefined,
  exited: undefined,
  health: ['healthy', 'none', 'starting', 'unhealthy'],
  id: undefined,
  label: undefined,
  'label!': undefined,
  name: 'container',
  network: 'network',
  'restart-policy': ['always', 'no', 'on-failure', 'unless-stopped'],
  'should-start-on-boot': YES_NO,
  since: 'container',
  status: ['created', 'exited', 'initialized', 'paused', 'running'],
  until: undefined,
  volume: 'volume',
};
const OF_PRUNE: Keys = { label: undefined, 'label!': undefined, until: undefined };
const OF_IMAGES: Keys = {
  before: 'image',
  containers: YES_NO,
  dangling: YES_NO,
  digest: undefined,
  id: undefined,
  intermediate: YES_NO,
  label: undefined,
  manifest: YES_NO,
  readonly: YES_NO,
  reference: 'image',
  since: 'image',
  until: undefined,
};
const EVENTS = [
  ...[
    'attach',
    'cleanup',
    'commit',
    'create',
    'died',
    'exec',
    'exec_died',
    'export',
    'health_status',
    'import',
    'init',
  ],
  ...[
    'kill',
    'loadfromarchive',
    'mount',
    'pause',
    'prune',
    'pull',
    'push',
    'remove',
    'rename',
    'restart',
    'save',
    'start',
  ],
  ...['stop', 'sync', 'tag', 'unmount', 'unpause', 'untag', 'update'],
];

/** The keys of `--filter` by the path of the command; those of the group where it has none of its own. */
const KEYS: Readonly<Record<string, Keys>> = {
  container: OF_CONTAINERS,
  'container prune': OF_PRUNE,
  image: OF_IMAGES,
  'image search': { 'is-automated': YES_NO, 'is-official': YES_NO, stars: undefined },
  network: { ...OF_PRUNE, dangling: YES_NO, driver: ['bridge'], id: undefined, name: undefined },
  'network prune': OF_PRUNE,
  quadlet: { name: undefined },
  secret: { id: undefined, name: 'secret' },
  system: OF_PRUNE,
  'system events': {
    container: 'container',
    event: EVENTS,
    image: 'image',
    label: undefined,
    pod: undefined,
    type: ['container', 'image', 'network', 'pod', 'secret', 'system', 'volume'],
    volume: 'volume',
  },
  volume: {
    ...OF_PRUNE,
    after: 'volume',
    anonymous: YES_NO,
    dangling: YES_NO,
    driver: ['image', 'local'],
    name: 'volume',
    scope: ['local'],
    since: 'volume',
  },
};

/** What `--filter` of a command takes: its keys, and behind one of them its values. */
export function filterValues(root: string, path: string, typed: string): Candidate[] {
  const keys = KEYS[path] ?? KEYS[path.split(' ')[0] ?? ''] ?? {};
  const key = /^([^=]*)=/.exec(typed)?.[1];
  if (key === undefined)
    return candidates(
      Object.keys(keys)
        .sort()
        .map((each) => `${each}=`),
    );
  const values = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (values === undefined) return [];
  const found = typeof values === 'string' ? namesOf[values](root) : candidates(values);
  return found.map(({ word }) => ({ word: `${key}=${word}` }));
}
