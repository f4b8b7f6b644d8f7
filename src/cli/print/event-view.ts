import type { EngineEvent } from '../../lib/engine-event';
import { goMap } from '../../lib/go-template/values';
import { formatGoTime } from '../../lib/time';
import { goText } from '../../store/events/event-line';

const NS = 1_000_000_000n;

/** Events as people read them, each one line of Podman's. `truncate` shortens ids. */
export function eventWriter(truncate: boolean): (event: EngineEvent) => string {
  const timeText = timeWriter();
  return (event) => {
    const id = truncate ? (event.id ?? '').slice(0, 12) : (event.id ?? '');
    return eventText(event, id, `${timeText(event.ns)} ${event.type} ${event.status}`);
  };
}

/** Many events share their second. */
function timeWriter(): (ns: bigint) => string {
  let second = -1n;
  let text = '';
  return (ns) => {
    const seconds = ns / NS;
    if (seconds !== second) text = formatGoTime(seconds * NS).slice(0, 19);
    second = seconds;
    const fraction = String(Number(ns - seconds * NS))
      .padStart(9, '0')
      .replace(/0+$/, '');
    return fraction === '' ? `${text} +0000 UTC` : `${text}.${fraction} +0000 UTC`;
  };
}

function eventText(event: EngineEvent, id: string, head: string): string {
  switch (event.type) {
    case 'container':
    case 'pod':
      return `${head} ${id} (${details(event)})`;
    case 'network':
      return `${head} ${id} (${networkDetails(event, id)})`;
    case 'image':
      return `${head} ${id} ${event.name ?? ''}${event.error ? ` ${event.error}` : ''}`;
    case 'system':
      return event.name ? `${head} ${event.name}` : head;
    default:
      return `${head} ${event.name ?? ''}`;
  }
}

function details({ image, name, podId, attributes, ...event }: EngineEvent): string {
  let text = `image=${image ?? ''}, name=${name ?? ''}`;
  if (podId) text += `, pod_id=${podId}`;
  if (event.status === 'health_status')
    text += `, health_status=${event.healthStatus ?? ''}, health_failing_streak=${event.healthStreak ?? 0}, health_log=${event.healthLog ?? ''}`;
  for (const key in attributes) text += `, ${key}=${attributes[key]}`;
  return text;
}

function networkDetails({ status, network, attributes }: EngineEvent, id: string): string {
  if (status === 'create' || status === 'remove')
    return `name=${network ?? ''}, type=${attributes?.['driver'] ?? ''}`;
  return `container=${id}, name=${network ?? ''}`;
}

/** An event as one line of JSON, with Podman's keys. */
export function eventJson(event: EngineEvent): string {
  const text = (name: string, value: string | undefined): string =>
    value === undefined || value === '' ? '' : `"${name}":${goText(value)},`;
  const code = event.exitCode === undefined ? '' : `"ContainerExitCode":${event.exitCode},`;
  return (
    `{${code}${text('ID', event.id)}${text('Image', event.image)}${text('Name', event.name)}${text('network', event.network)}` +
    `${text('Status', event.status)}"time":${event.ns / NS},"timeNano":${event.ns},"Type":"${event.type}",` +
    `${text('health_status', event.healthStatus)}${text('Error', event.error)}` +
    `${text('ContainerInspectData', event.inspectData)}${text('PodID', event.podId)}"Attributes":${goText(event.attributes)}}`
  );
}

/** An event for Go templates, with Podman's fields. */
export function eventFields(event: EngineEvent): object {
  const attributes = goMap(event.attributes ?? {});
  const inspectData = event.inspectData ?? '';
  const podId = event.podId ?? '';
  return {
    ContainerExitCode: event.exitCode ?? null,
    ID: event.id ?? '',
    Image: event.image ?? '',
    Name: event.name ?? '',
    Network: event.network ?? '',
    Status: event.status,
    Time: event.ns / NS,
    TimeNano: event.ns,
    Type: event.type,
    HealthStatus: event.healthStatus ?? '',
    Error: event.error ?? '',
    ContainerInspectData: inspectData,
    PodID: podId,
    Attributes: attributes,
    Details: { ContainerInspectData: inspectData, PodID: podId, Attributes: attributes },
  };
}
