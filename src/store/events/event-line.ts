import type { EngineEvent } from '../../lib/engine-event';
import { formatRfc3339 } from '../../lib/time';

const UNSAFE = /[<>&\u2028\u2029]/g;

/** JSON as Go writes it. */
export function goText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An event as one line of the file, its line feed included: as Podman writes it. */
export function eventLine(event: EngineEvent): string {
  const code = event.exitCode === undefined ? '' : `"ContainerExitCode":${event.exitCode},`;
  return eventTemplate(event, {
    code,
    status: event.status,
    time: formatRfc3339(event.ns),
    health: health(event),
  });
}

function health({ healthStatus, healthLog, healthStreak }: EngineEvent): string {
  const streak = healthStreak === undefined ? '' : `"health_failing_streak":${healthStreak},`;
  return `${field('health_status', healthStatus)}${field('health_log', healthLog)}${streak}`;
}

/** The line of an event with texts of your own for what changes from one to the next; `code` and `health` are whole fields. */
export function eventTemplate(
  event: Omit<EngineEvent, 'ns' | 'status'>,
  parts: { code: string; status: string; time: string; health: string },
): string {
  const { id, image, name, network, error, inspectData, podId } = event;
  return (
    `{${parts.code}${field('ID', id)}${field('Image', image)}${field('Name', name)}${field('network', network)}` +
    `"Status":"${parts.status}","Time":"${parts.time}","Type":"${event.type}",${parts.health}${field('error', error)}` +
    `${field('ContainerInspectData', inspectData)}${field('PodID', podId)}"Attributes":${attributes(event)}}\n`
  );
}

function field(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `"${name}":${goText(value)},`;
}

/** Sorted by name, as Go's maps are. */
function attributes({ attributes: all }: Pick<EngineEvent, 'attributes'>): string {
  if (all === null) return 'null';
  const names = Object.keys(all);
  return goText(
    names.length < 2 ? all : Object.fromEntries(names.sort().map((name) => [name, all[name] as string])),
  );
}
