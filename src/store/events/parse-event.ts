import type { EngineEvent, EventType } from '../../lib/engine-event';
import { parseTime } from '../../lib/time';

/** The event in a line of the file; undefined for a line that was cut off, or that is none. */
export function parseEventLine(line: string): EngineEvent | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  const ns = timeOf(String(fields['Time']));
  if (ns === undefined || typeof fields['Status'] !== 'string') return undefined;
  const code = fields['ContainerExitCode'];
  return {
    type: fields['Type'] as EventType,
    status: fields['Status'],
    ns,
    attributes: (fields['Attributes'] as Record<string, string> | undefined) ?? null,
    ...(typeof code === 'number' ? { exitCode: code } : {}),
    ...texts(fields, FILE_FIELDS),
  };
}

/** The event in an entry of `journalctl --output=json`; undefined when it is none. */
export function parseJournalEvent(text: string): EngineEvent | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const ns = timeOf(String(fields['PODMAN_TIME']));
  if (ns === undefined || typeof fields['PODMAN_EVENT'] !== 'string') return undefined;
  const code = fields['PODMAN_EXIT_CODE'];
  const labels = fields['PODMAN_LABELS'];
  return {
    type: fields['PODMAN_TYPE'] as EventType,
    status: fields['PODMAN_EVENT'],
    ns,
    attributes: typeof labels === 'string' ? (JSON.parse(labels) as Record<string, string>) : {},
    ...(typeof code === 'string' ? { exitCode: Number(code) } : {}),
    ...texts(fields, JOURNAL_FIELDS),
  };
}

type TextField = 'id' | 'image' | 'name' | 'network' | 'healthStatus' | 'error' | 'podId' | 'inspectData';

const FILE_FIELDS: readonly (readonly [TextField, string])[] = [
  ['id', 'ID'],
  ['image', 'Image'],
  ['name', 'Name'],
  ['network', 'network'],
  ['healthStatus', 'health_status'],
  ['error', 'error'],
  ['podId', 'PodID'],
  ['inspectData', 'ContainerInspectData'],
];

const JOURNAL_FIELDS: readonly (readonly [TextField, string])[] = [
  ['id', 'PODMAN_ID'],
  ['image', 'PODMAN_IMAGE'],
  ['name', 'PODMAN_NAME'],
  ['network', 'PODMAN_NETWORK_NAME'],
  ['healthStatus', 'PODMAN_HEALTH_STATUS'],
  ['error', 'ERROR'],
  ['podId', 'PODMAN_POD_ID'],
  ['inspectData', 'PODMAN_CONTAINER_INSPECT_DATA'],
];

function texts(
  fields: Record<string, unknown>,
  names: readonly (readonly [TextField, string])[],
): Partial<Record<TextField, string>> {
  const found: Partial<Record<TextField, string>> = {};
  for (const [key, name] of names) {
    const value = fields[name];
    if (typeof value === 'string') found[key] = value;
  }
  return found;
}

let last = { second: '', ms: 0 };

/** Many events share their second, and reading a date is what takes longest. */
function timeOf(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (match === null) return parseTime(text);
  const [, second = '', fraction = ''] = match;
  if (second !== last.second) last = { second, ms: Date.parse(`${second}Z`) };
  return Number.isNaN(last.ms) ? undefined : BigInt(last.ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
