import type { EngineEvent } from '../../lib/engine-event';
import { formatRfc3339 } from '../../lib/time';
import { goText } from './event-line';

/** An event as one entry of the journal, in its native protocol, with the fields that Podman writes. */
export function journalEntry(event: EngineEvent): string {
  const code = event.exitCode === undefined ? '' : `PODMAN_EXIT_CODE=${event.exitCode}\n`;
  return journalTemplate(event, {
    code,
    status: event.status,
    time: formatRfc3339(event.ns),
    health: health(event),
  });
}

function health({ healthStatus, healthLog, healthStreak }: EngineEvent): string {
  const streak = healthStreak === undefined ? '' : `PODMAN_HEALTH_FAILING_STREAK=${healthStreak}\n`;
  return `${field('PODMAN_HEALTH_STATUS', healthStatus)}${field('PODMAN_HEALTH_LOG', healthLog)}${streak}`;
}

/** As `eventTemplate`, for the journal. */
export function journalTemplate(
  event: Omit<EngineEvent, 'ns' | 'status'>,
  parts: { code: string; status: string; time: string; health: string },
): string {
  const { id, image, name, network, error, inspectData, podId, attributes } = event;
  const labels = attributes && Object.keys(attributes).length > 0 ? goText(attributes) : undefined;
  return (
    `SYSLOG_IDENTIFIER=podman\nPRIORITY=6\n` +
    `MESSAGE=${parts.time} ${event.type} ${parts.status} ${oneLine(id ?? name ?? '')} ${oneLine(message(event))}\n` +
    `PODMAN_EVENT=${parts.status}\nPODMAN_TYPE=${event.type}\nPODMAN_TIME=${parts.time}\n${parts.code}${parts.health}` +
    `${field('PODMAN_ID', id)}${field('PODMAN_NAME', name)}${field('PODMAN_IMAGE', image)}${field('PODMAN_LABELS', labels)}` +
    `${field('PODMAN_NETWORK_NAME', network)}${field('ERROR', error)}${field('PODMAN_POD_ID', podId)}` +
    `${field('PODMAN_CONTAINER_INSPECT_DATA', inspectData)}`
  );
}

function message({ type, image, name, attributes }: Omit<EngineEvent, 'ns' | 'status'>): string {
  if (type !== 'container' && type !== 'pod') return name ?? '';
  const labels = Object.entries(attributes ?? {}).map(([key, value]) => `, ${key}=${value}`);
  return `(image=${image ?? ''}, name=${name ?? ''}${labels.join('')})`;
}

function field(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `${name}=${oneLine(value)}\n`;
}

/** A line feed would end the field. */
function oneLine(text: string): string {
  return text.replace(/[\n\0]+/g, ' ');
}
