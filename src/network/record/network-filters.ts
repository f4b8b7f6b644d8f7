import { parseDuration } from '../../lib/duration';
import { TspodError } from '../../lib/errors';
import { parseTime } from '../../lib/time';
import type { NetworkRecord } from './network-record';
import { parseBoolean } from './parse-boolean';

/** Facts that only the containers know. */
export interface NetworkUse {
  isUsed(name: string): boolean;
}

type Test = (network: NetworkRecord, use: NetworkUse) => boolean;

const MAKERS: Readonly<Record<string, (value: string) => Test>> = {
  name: (value) => {
    const pattern = expression(value);
    return ({ name }) => pattern.test(name);
  },
  driver: (value) => {
    const pattern = expression(value);
    return ({ driver }) => pattern.test(driver);
  },
  id: (value) => {
    const pattern = expression(value);
    return ({ id }) => id.startsWith(value) || pattern.test(id);
  },
  label: (value) => (network) => hasLabel(network, value),
  'label!': (value) => (network) => !hasLabel(network, value),
  until: (value) => {
    const limit = momentOf(value);
    return ({ created }) => Date.parse(created) < limit;
  },
  dangling: (value) => {
    const wanted = dangling(value);
    return ({ name }, use) => use.isUsed(name) !== wanted;
  },
};

/** The filters of `network prune`. */
export const PRUNE_NETWORK_FILTERS = ['label', 'label!', 'until'];

/**
 * Parses `--filter KEY=VALUE` of `network ls` and `network prune`: values of one key are alternatives, except labels. Throws
 * 'usage' in Podman's words.
 */
export function parseNetworkFilters(
  texts: readonly string[],
  allowed: readonly string[] = Object.keys(MAKERS),
): Test {
  const groups = new Map<string, Test[]>();
  for (const text of texts) {
    const { key, value } = split(text);
    const make = allowed.includes(key) && Object.hasOwn(MAKERS, key) ? MAKERS[key] : undefined;
    if (make === undefined)
      throw new TspodError('usage', `invalid filter "${key}"`, {
        hint: `the filters are ${allowed.join(', ')}, as KEY=VALUE`,
      });
    groups.set(key, [...(groups.get(key) ?? []), make(value)]);
  }
  const tests = [...groups].map(([key, tests]): Test => {
    const every = key.startsWith('label');
    return (network, use) =>
      every ? tests.every((test) => test(network, use)) : tests.some((test) => test(network, use));
  });
  return (network, use) => tests.every((test) => test(network, use));
}

function split(text: string): { key: string; value: string } {
  const equals = text.indexOf('=');
  if (equals < 0)
    throw new TspodError('usage', `filter input must be in the form of filter=value: ${text} is invalid`);
  return { key: text.slice(0, equals), value: text.slice(equals + 1) };
}

function expression(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch (cause) {
    throw new TspodError('usage', `invalid regular expression "${value}" in a filter`, { cause });
  }
}

function hasLabel({ labels = {} }: NetworkRecord, text: string): boolean {
  const equals = text.indexOf('=');
  if (equals < 0) return Object.hasOwn(labels, text);
  const key = text.slice(0, equals);
  return Object.hasOwn(labels, key) && labels[key] === text.slice(equals + 1);
}

function dangling(value: string): boolean {
  try {
    return parseBoolean(value.toLowerCase(), '');
  } catch {
    throw new TspodError('usage', `invalid dangling filter value "${value}"`, {
      hint: 'it is true or false',
    });
  }
}

/** Milliseconds since 1970 of a time, or of a duration before now. */
function momentOf(value: string): number {
  const time = parseTime(value);
  return time === undefined ? Date.now() - parseDuration(value) : Number(time / 1_000_000n);
}
