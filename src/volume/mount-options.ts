import { TspodError } from '../lib/errors';
import type { UserMount } from './types';

type BindMount = Extract<UserMount, { kind: 'bind' }>;

/** What the options of a volume or bind mount say. */
export interface MountOptions {
  readOnly: boolean;
  recursive: boolean;
  chown: boolean;
  overlay: boolean;
  noCopy: boolean;
  idmap: boolean;
  propagation?: string;
  relabel?: NonNullable<BindMount['relabel']>;
  upper?: string;
  work?: string;
  /** Flags that mount(2) takes as they are. */
  options: string[];
}

const PROPAGATION = [
  'private',
  'rprivate',
  'shared',
  'rshared',
  'slave',
  'rslave',
  'unbindable',
  'runbindable',
];

/** Pairs of flags that contradict each other. */
const FLAGS = [
  ['exec', 'noexec'],
  ['dev', 'nodev'],
  ['suid', 'nosuid'],
] as const;

const WORDS: Record<string, (options: MountOptions) => void> = {
  ro: (options) => void (options.readOnly = true),
  rw: (options) => void (options.readOnly = false),
  U: (options) => void (options.chown = true),
  O: (options) => void (options.overlay = true),
  z: (options) => void (options.relabel = 'shared'),
  Z: (options) => void (options.relabel = 'private'),
  bind: (options) => void (options.recursive = false),
  rbind: (options) => void (options.recursive = true),
  copy: (options) => void (options.noCopy = false),
  nocopy: (options) => void (options.noCopy = true),
  idmap: (options) => void (options.idmap = true),
};

/** The error of a mount with an id map that is not the container's. */
function idMapError(text: string): TspodError {
  return new TspodError(
    'unsupported',
    `volume "${text}": the option idmap with a map of its own is not supported`,
    { hint: 'idmap alone takes the map of the container (--userns, --uidmap)' },
  );
}

/** Parses the options behind a volume's second colon. Throws 'usage' for unknown and contradicting ones. */
export function parseMountOptions(words: readonly string[], text: string): MountOptions {
  const options: MountOptions = {
    readOnly: false,
    recursive: true,
    chown: false,
    overlay: false,
    noCopy: false,
    idmap: false,
    options: [],
  };
  for (const word of words) addWord(options, word, text);
  checkContradictions(words, text);
  return options;
}

function addWord(options: MountOptions, word: string, text: string): void {
  const [key = '', value] = word.split('=', 2);
  if (Object.hasOwn(WORDS, word)) WORDS[word]?.(options);
  else if (PROPAGATION.includes(word)) options.propagation = word;
  else if (FLAGS.some((pair) => (pair as readonly string[]).includes(word))) options.options.push(word);
  else if (key === 'upperdir' && value) options.upper = value;
  else if (key === 'workdir' && value) options.work = value;
  else if (key === 'idmap') throw idMapError(text);
  else throw new TspodError('usage', `volume "${text}": unknown option "${word}"`);
}

function checkContradictions(words: readonly string[], text: string): void {
  const pairs = [...FLAGS, ['ro', 'rw'], ['z', 'Z'], ['bind', 'rbind'], ['copy', 'nocopy']] as const;
  for (const [one, other] of pairs) {
    if (words.includes(one) && words.includes(other)) {
      throw new TspodError('usage', `volume "${text}": cannot pass both "${one}" and "${other}"`);
    }
  }
  if (words.filter((word) => PROPAGATION.includes(word)).length > 1) {
    throw new TspodError('usage', `volume "${text}": cannot pass more than one propagation option`);
  }
  const hasDirs = words.some((word) => /^(upperdir|workdir)=/.test(word));
  if (!words.includes('O') && hasDirs) {
    throw new TspodError('usage', `volume "${text}": upperdir and workdir need the option O`);
  }
}
