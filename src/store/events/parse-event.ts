import type { EngineEvent, EventType } from '../../lib/engine-event';
import { parseTime } from '../../lib/time';

/** Reads the lines of the file, one after the other: undefined for one that was cut off, or that is no event. */
export function eventParser(): (line: string) => EngineEvent | undefined {
  const timeOf = timeReader();
  return (line) => {
    const fields = line === '' ? undefined : (parseObject(line) as FileFields | undefined);
    if (typeof fields?.Time !== 'string' || typeof fields.Status !== 'string') return undefined;
    const ns = timeOf(fields.Time);
    if (ns === undefined) return undefined;
    const { Type: type, Status: status, Attributes: attributes = null } = fields;
    const event: EngineEvent = { type, status, ns, attributes };
    if (fields.ID) event.id = fields.ID;
    if (fields.Image) event.image = fields.Image;
    if (fields.Name) event.name = fields.Name;
    if (fields.network) event.network = fields.network;
    if (fields.ContainerExitCode !== undefined) event.exitCode = fields.ContainerExitCode;
    if (fields.health_status) event.healthStatus = fields.health_status;
    if (fields.health_log) event.healthLog = fields.health_log;
    if (fields.health_failing_streak) event.healthStreak = fields.health_failing_streak;
    if (fields.error) event.error = fields.error;
    if (fields.PodID) event.podId = fields.PodID;
    if (fields.ContainerInspectData) event.inspectData = fields.ContainerInspectData;
    return event;
  };
}

/** Podman's keys. */
interface FileFields {
  Type: EventType;
  Status?: unknown;
  Time?: unknown;
  ID?: string;
  Image?: string;
  Name?: string;
  network?: string;
  ContainerExitCode?: number;
  health_status?: string;
  health_log?: string;
  health_failing_streak?: number;
  error?: string;
  PodID?: string;
  ContainerInspectData?: string;
  Attributes?: Record<string, string> | null;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The event in an entry of `journalctl --output=json`; undefined when it is none. */
export function parseJournalEvent(text: string): EngineEvent | undefined {
  const fields = parseObject(text) as Record<string, unknown> | undefined;
  const ns = parseTime(String(fields?.['PODMAN_TIME']));
  if (fields === undefined || ns === undefined || typeof fields['PODMAN_EVENT'] !== 'string')
    return undefined;
  const code = fields['PODMAN_EXIT_CODE'];
  const streak = fields['PODMAN_HEALTH_FAILING_STREAK'];
  const labels = fields['PODMAN_LABELS'];
  return {
    type: fields['PODMAN_TYPE'] as EventType,
    status: fields['PODMAN_EVENT'],
    ns,
    attributes: (typeof labels === 'string' && (parseObject(labels) as Record<string, string>)) || {},
    ...(typeof code === 'string' ? { exitCode: Number(code) } : {}),
    ...(typeof streak === 'string' ? { healthStreak: Number(streak) } : {}),
    ...journalTexts(fields),
  };
}

const JOURNAL_FIELDS = [
  ['id', 'PODMAN_ID'],
  ['image', 'PODMAN_IMAGE'],
  ['name', 'PODMAN_NAME'],
  ['network', 'PODMAN_NETWORK_NAME'],
  ['healthStatus', 'PODMAN_HEALTH_STATUS'],
  ['healthLog', 'PODMAN_HEALTH_LOG'],
  ['error', 'ERROR'],
  ['podId', 'PODMAN_POD_ID'],
  ['inspectData', 'PODMAN_CONTAINER_INSPECT_DATA'],
] as const;

function journalTexts(
  fields: Record<string, unknown>,
): Partial<Record<(typeof JOURNAL_FIELDS)[number][0], string>> {
  const found: ReturnType<typeof journalTexts> = {};
  for (const [key, name] of JOURNAL_FIELDS) {
    const value = fields[name];
    if (typeof value === 'string') found[key] = value;
  }
  return found;
}

/** Many events share their second, and reading a date is what takes longest. */
function timeReader(): (text: string) => bigint | undefined {
  let second = '';
  let base = 0n;
  return (text) => {
    if (text[19] !== '.' || !text.endsWith('Z')) return parseTime(text);
    const digits = text.slice(20, -1);
    if (!/^\d{1,9}$/.test(digits)) return parseTime(text);
    if (!text.startsWith(second) || second === '') {
      const found = parseTime(`${text.slice(0, 19)}Z`);
      if (found === undefined) return undefined;
      second = text.slice(0, 19);
      base = found;
    }
    return base + BigInt(Number(digits.padEnd(9, '0')));
  };
}
