import { TspodError } from '../../lib/errors';
import type { EngineEvent } from '../../lib/engine-event';

/** Whether an event is wanted. */
export type EventFilter = (event: EngineEvent) => boolean;

/** How one value of a filter is compared, by the filter's name. */
const FILTERS: Readonly<Record<string, (value: string) => EventFilter>> = {
  container: (value) => (event) => event.type === 'container' && isNamed(event, value),
  event: (value) => ofStatus(value === 'die' ? 'died' : value),
  status: (value) => ofStatus(value === 'die' ? 'died' : value),
  image: (value) => (event) => event.type === 'image' && isNamed(event, value),
  label: hasLabel,
  pod: (value) => (event) =>
    event.type === 'pod' ? isNamed(event, value) : event.podId?.startsWith(value) === true && value !== '',
  type: (value) => (event) => event.type === value,
  volume: (value) => (event) => event.type === 'volume' && isNamed(event, value),
};

/**
 * The filters of `events`: an event has to satisfy one value of each name. Throws 'usage', in Podman's words, for what is no
 * filter.
 */
export function parseEventFilters(texts: readonly string[]): EventFilter {
  const byName = new Map<string, EventFilter[]>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
    const make = equals > 0 && Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    if (make === undefined) throw invalid(name);
    byName.set(name, [...(byName.get(name) ?? []), make(text.slice(equals + 1))]);
  }
  const groups = [...byName.values()];
  return (event) => groups.every((group) => group.some((matches) => matches(event)));
}

function ofStatus(status: string): EventFilter {
  return (event) => event.status === status;
}

function isNamed({ id, name }: EngineEvent, value: string): boolean {
  return name === value || (value !== '' && id?.startsWith(value) === true);
}

/** As Podman: a label without a value is one with an empty value. */
function hasLabel(text: string): EventFilter {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? '' : text.slice(equals + 1);
  return ({ attributes }) =>
    attributes !== null && Object.hasOwn(attributes, name) && attributes[name] === value;
}

function invalid(name: string): TspodError {
  return new TspodError('usage', `failed to parse event filters: ${name} is an invalid filter`, {
    hint: 'use container, event, image, label, pod, type or volume, as in --filter type=container',
  });
}
