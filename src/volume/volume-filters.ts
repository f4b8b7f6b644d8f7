import type { Context } from '../lib/context';
import { parseDuration } from '../lib/duration';
import { TspodError } from '../lib/errors';
import { parseTime } from '../lib/time';
import { findVolume, type VolumeRecord } from './volume-record';

/** Facts that only the containers know. */
export interface VolumeUse {
  isUsed(name: string): boolean;
}

type Test = (volume: VolumeRecord, use: VolumeUse) => boolean;

const MAKERS: Record<string, (value: string, ctx: Context) => Test> = {
  after: youngerThan,
  since: youngerThan,
  name: (value) => {
    const pattern = new RegExp(value);
    return ({ name }) => pattern.test(name);
  },
  label: (value) => (volume) => hasLabel(volume, value),
  'label!': (value) => (volume) => !hasLabel(volume, value),
  dangling: (value) => {
    const wanted = boolean('dangling', value);
    return ({ name }, use) => use.isUsed(name) !== wanted;
  },
  driver: (value) => (volume) => value === (volume.driver ?? 'local'),
  opt:
    (value) =>
    ({ options = {} }) =>
      hasPair(options, value),
  scope: (value) => () => value === 'local',
  anonymous: (value) => {
    const wanted = boolean('anonymous', value);
    return (volume) => volume.anonymous === wanted;
  },
  until: (value) => {
    const limit = momentOf(value);
    return ({ created }) => Date.parse(created) < limit;
  },
};

/** Than another volume. */
function youngerThan(name: string, ctx: Context): Test {
  const limit = Date.parse(findVolume(ctx, name, 125).created);
  return ({ created }) => Date.parse(created) > limit;
}

/** Milliseconds since 1970 of a time, or of a duration before now. */
function momentOf(value: string): number {
  const time = parseTime(value);
  return time === undefined ? Date.now() - parseDuration(value) : Number(time / 1_000_000n);
}

/** Parses `--filter key=value` of `volume ls` and `volume prune`; all of them have to hold. Throws 'usage', 'not-found'. */
export function parseVolumeFilters(ctx: Context, texts: readonly string[]): Test {
  const tests = texts.map((text) => {
    const equals = text.indexOf('=');
    const key = text.slice(0, Math.max(equals, 0));
    const make = Object.hasOwn(MAKERS, key) ? MAKERS[key] : undefined;
    if (make) return make(text.slice(equals + 1), ctx);
    throw new TspodError('usage', `"${text}" is an invalid volume filter`, {
      hint: `the filters are ${Object.keys(MAKERS).join(', ')}, as KEY=VALUE`,
    });
  });
  return (volume, use) => tests.every((test) => test(volume, use));
}

function hasLabel({ labels }: VolumeRecord, text: string): boolean {
  return hasPair(labels, text);
}

/** Whether a name is there, with the value where one is asked for. */
function hasPair(pairs: Readonly<Record<string, string>>, text: string): boolean {
  const equals = text.indexOf('=');
  if (equals < 0) return Object.hasOwn(pairs, text);
  return pairs[text.slice(0, equals)] === text.slice(equals + 1);
}

function boolean(key: string, value: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new TspodError('usage', `the filter ${key} is true or false, not "${value}"`);
}
