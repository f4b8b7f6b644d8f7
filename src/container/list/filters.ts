import { existsSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { parseDuration } from '../../lib/duration';
import { TspodError } from '../../lib/errors';
import { nowNs, parseTime } from '../../lib/time';
import { listNetworks } from '../../network/record/network-record';
import { findContainer } from '../find';
import { isChecked } from '../create/health-config';
import { matchesImage } from '../match-image';
import { containerPaths } from '../paths';
import type { ListedContainer } from './list';
import type { ContainerPhase } from '../state/status';
import { volumeOf } from '../../volume/volume-of';

/** Whether a container is meant. */
export type ContainerFilter = (container: ListedContainer) => boolean;

/** Makes a test for one value of a filter; it throws 'usage' for a value that makes no sense. */
type FilterMaker = (ctx: Context, value: string) => ContainerFilter;

const PHASES: Readonly<Record<string, readonly ContainerPhase[]>> = {
  created: ['created'],
  configured: ['created'],
  initialized: ['initialized'],
  running: ['running'],
  paused: ['paused'],
  stopping: [],
  exited: ['exited'],
  stopped: ['exited'],
  removing: [],
  unknown: [],
};

/** Every filter of `ps`, `rm`, `stop` ...; values of one filter are alternatives, except labels. */
const MAKERS: Readonly<Record<string, FilterMaker>> = {
  id: (_, value) => matchesId(value),
  name: (_, value) => matchesName(value),
  label: (_, value) => hasLabel(value),
  'label!': (_, value) => not(hasLabel(value)),
  exited: (_, value) => exitedWith(value),
  status: (_, value) => inPhase(value),
  ancestor:
    (_, value) =>
    ({ record }) =>
      matchesImage(record, value),
  before: (ctx, value) => createdBefore(findContainer(ctx, value).created),
  since: (ctx, value) => createdAfter(findContainer(ctx, value).created),
  until: (_, value) => createdUntil(value),
  volume: (_, value) => usesVolume(value),
  network: (ctx, value) => inNetwork(ctx, value),
  health:
    (_, value) =>
    ({ state, record }) =>
      value === (isChecked(record.options.health) ? state.health : 'none'),
  'restart-policy':
    (_, value) =>
    ({ record }) =>
      record.options.restart.policy === value,
  'should-start-on-boot': (ctx, value) => startsOnBoot(ctx, value),
  command:
    (_, value) =>
    ({ record }) =>
      record.process.argv[0] === value,
  // no container is in a pod
  pod: () => () => false,
};

const ALL_MUST_MATCH = new Set(['label', 'label!']);

/** The names that `prune` accepts. */
export const PRUNE_FILTERS: readonly string[] = ['label', 'label!', 'until'];

/** One test out of `key=value` texts; throws 'usage' in Podman's words for an unknown key (or one not in `allowed`). */
export function parseContainerFilters(
  ctx: Context,
  texts: readonly string[],
  allowed: readonly string[] = Object.keys(MAKERS),
): ContainerFilter {
  const groups = new Map<string, ContainerFilter[]>();
  for (const text of texts) {
    const { key, value } = splitFilter(text);
    const make = allowed.includes(key) ? MAKERS[key] : undefined;
    if (make === undefined) {
      throw new TspodError('usage', `${key} is an invalid filter`, {
        hint: `the filters are ${allowed.join(', ')}, as KEY=VALUE`,
      });
    }
    groups.set(key, [...(groups.get(key) ?? []), make(ctx, value)]);
  }
  const tests = [...groups].map(([key, filters]) => (ALL_MUST_MATCH.has(key) ? all(filters) : any(filters)));
  return all(tests);
}

/** Whether one of the texts is a filter with this key. */
export function hasFilter(texts: readonly string[], key: string): boolean {
  return texts.some((text) => text.startsWith(`${key}=`));
}

function splitFilter(text: string): { key: string; value: string } {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new TspodError('usage', `invalid filter "${text}"`, { hint: 'write KEY=VALUE' });
  return { key: text.slice(0, equals), value: text.slice(equals + 1) };
}

function all(filters: readonly ContainerFilter[]): ContainerFilter {
  return (container) => filters.every((filter) => filter(container));
}

function any(filters: readonly ContainerFilter[]): ContainerFilter {
  return (container) => filters.some((filter) => filter(container));
}

function not(filter: ContainerFilter): ContainerFilter {
  return (container) => !filter(container);
}

function matchesId(value: string): ContainerFilter {
  const pattern = regularExpression(value);
  return ({ record }) => record.id.startsWith(value.toLowerCase()) || pattern.test(record.id);
}

function matchesName(value: string): ContainerFilter {
  const pattern = regularExpression(value.replace(/^\^?\//, (start) => start.replace('/', '')));
  return ({ record }) => pattern.test(record.name);
}

/** What is started after a boot: `always`, and `unless-stopped` where nobody has stopped the container. */
function startsOnBoot(ctx: Context, value: string): ContainerFilter {
  const wanted = /^(1|t|true)$/i.test(value);
  if (!wanted && !/^(0|f|false)$/i.test(value))
    throw new TspodError('usage', `invalid filter "should-start-on-boot=${value}"`, {
      hint: 'it is true or false',
    });
  return ({ record: { id, options } }) => {
    const { policy } = options.restart;
    const wasStopped = policy === 'unless-stopped' && existsSync(containerPaths(ctx, id).stopRequested);
    return wanted === ((policy === 'always' || policy === 'unless-stopped') && !wasStopped);
  };
}

function regularExpression(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch (cause) {
    throw new TspodError('usage', `invalid regular expression "${value}" in a filter`, { cause });
  }
}

function hasLabel(value: string): ContainerFilter {
  const equals = value.indexOf('=');
  const key = equals < 0 ? value : value.slice(0, equals);
  const wanted = equals < 0 ? undefined : value.slice(equals + 1);
  return ({ record }) => {
    const found = Object.hasOwn(record.labels, key) ? record.labels[key] : undefined;
    return found !== undefined && (wanted === undefined || found === wanted);
  };
}

/** By the name or the id of a network, or by the mode. */
function inNetwork(ctx: Context, value: string): ContainerFilter {
  const id = /^[0-9a-f]{12,64}$/.test(value) ? value : undefined;
  const name = id && (listNetworks(ctx).find((network) => network.id.startsWith(id))?.name ?? value);
  return ({ record: { options } }) => {
    const { network } = options;
    if (network.kind !== 'bridge') return network.kind === value;
    return value === 'bridge' || network.networks.some((each) => each.name === (name ?? value));
  };
}

function exitedWith(value: string): ContainerFilter {
  if (!/^-?\d+$/.test(value))
    throw new TspodError('usage', `invalid exit code "${value}" in a filter: expected a number`);
  return ({ state }) => state.phase === 'exited' && state.exitCode === Number(value);
}

function inPhase(value: string): ContainerFilter {
  const phases = Object.hasOwn(PHASES, value) ? PHASES[value] : undefined;
  if (phases === undefined)
    throw new TspodError('usage', `unknown container state: ${value}: invalid argument`, {
      hint: `the states are ${Object.keys(PHASES).join(', ')}`,
    });
  return ({ state }) => phases.includes(state.phase);
}

function createdBefore(moment: string): ContainerFilter {
  return ({ record }) => record.created < moment;
}

function createdAfter(moment: string): ContainerFilter {
  return ({ record }) => record.created > moment;
}

function createdUntil(value: string): ContainerFilter {
  const until = momentOf(value);
  return ({ record }) => (parseTime(record.created) ?? 0n) < until;
}

/** Nanoseconds since 1970 of a time, or of a duration before now. */
function momentOf(value: string): bigint {
  const time = parseTime(value);
  if (time !== undefined) return time;
  try {
    return nowNs() - BigInt(Math.round(parseDuration(value) * 1e6));
  } catch (cause) {
    throw new TspodError('usage', `failed to parse value as time or duration: "${value}"`, { cause });
  }
}

function usesVolume(value: string): ContainerFilter {
  const [source, target] = value.split(':', 2);
  return ({ record }) =>
    record.options.mounts.some((mount) => {
      const from =
        volumeOf(mount) ?? (mount.kind === 'tmpfs' || mount.kind === 'volume' ? undefined : mount.source);
      if (target !== undefined) return from === source && mount.target === target;
      return from === source || mount.target === source;
    });
}
