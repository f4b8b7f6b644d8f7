import type { ListedContainer } from './list';

/** What `ps --sort` accepts. */
export const PS_SORT_KEYS = [
  'command',
  'created',
  'id',
  'image',
  'names',
  'runningfor',
  'size',
  'status',
] as const;

export type PsSortKey = (typeof PS_SORT_KEYS)[number];

const TEXTS: Readonly<Record<PsSortKey, (container: ListedContainer) => string>> = {
  command: ({ record }) => record.command.join(' '),
  created: ({ record }) => record.created,
  id: ({ record }) => record.id,
  image: ({ record }) => record.imageName,
  names: ({ record }) => record.name,
  runningfor: ({ state }) => String(state.startedNs ?? 0n).padStart(20, '0'),
  size: ({ record }) => String(record.imageSize).padStart(20, '0'),
  status: ({ state }) => state.phase,
};

/** The containers in the order of a key; those that are equal keep theirs. */
export function sortContainers(containers: readonly ListedContainer[], key: PsSortKey): ListedContainer[] {
  const text = TEXTS[key];
  return [...containers].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
