import type { EngineEvent } from '../../../lib/engine-event';
import { parseDuration } from '../../../lib/duration';
import { TspodError } from '../../../lib/errors';
import { compileTemplate } from '../../../lib/go-template/template';
import { nowNs, parseTime } from '../../../lib/time';
import { parseEventFilters } from '../../../store/events/event-filters';
import { readEvents } from '../../../store/events/read-events';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';
import { eventFields, eventJson, eventWriter } from '../../print/event-view';

/** `tspod events`. */
export default defineCommand({
  summary: 'Show what happens to containers, images and volumes',
  usage: '[options]',
  description:
    'Prints new events as they happen; with --since or --until those that have been kept first, with --stream=false these alone. Filters of different names have to hold all, of those with the same name one.\n\n' +
    'Containers: attach, cleanup, commit, create, died, exec, exec_died, health_status, init, kill, mount (by export), pause, remove, rename, restart, start, stop, unpause, update. Images: loadfromarchive, mount, pull, pull-error, push, remove, save, tag (also by import), unmount, untag. Volumes: create, prune, remove. Secrets: create, remove. Words and the keys of json are those of Podman; a run is told by whoever does it: the exit of a container by its monitor, also when no tspod runs.\n\n' +
    'Events are lines of a file in the store, in the format of Podman: when it has a megabyte it is renamed, and one older file is kept. containers.conf changes this (events_logger, events_logfile_path, events_logfile_max_size); --events-backend does for one command: file, none, or journald, where they have the fields of Podman (PODMAN_EVENT, PODMAN_TYPE, PODMAN_ID, ...).',
  examples: [
    'tspod events',
    'tspod events --since 1h --stream=false --filter type=container --filter event=died',
    "tspod events --format '{{.Time}} {{.Status}} {{.Name}}'",
  ],
  options: {
    filter: {
      type: 'list',
      short: 'f',
      value: 'KEY=VALUE',
      description: 'Only events of a container, image, pod or volume, with an event, type or label',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      description: 'Print json, or what a Go template makes of each',
    },
    'no-trunc': { type: 'boolean', default: true, description: 'Do not shorten ids' },
    since: { type: 'string', value: 'TIME', description: 'Events after a time, or a duration before now' },
    stream: { type: 'boolean', default: true, description: 'Go on with what happens from now' },
    until: {
      type: 'string',
      value: 'TIME',
      description: 'Events before a time, or a duration from now on (-10m: before)',
    },
  },
  args: { min: 0, max: 0 },
  async run(ctx, { filter, format, since, stream, until, 'no-trunc': full }, _args, output) {
    const query = {
      filter: parseEventFilters(filter),
      since: momentOf('since', since, -1n),
      until: momentOf('until', until, 1n),
      stream,
    };
    const text = eventPrinter(format, full);
    await configure(ctx);
    for await (const events of readEvents(ctx, query))
      if (events.length > 0) output.write(events.map(text).join(''));
  },
});

/** The text of an event, its line feed included. */
function eventPrinter(format: string | undefined, full: boolean): (event: EngineEvent) => string {
  if (format === undefined) {
    const write = eventWriter(!full);
    return (event) => `${write(event)}\n`;
  }
  if (/^\s*(json|\{\{\s*json\s*\.?\s*\}\})\s*$/.test(format)) return (event) => `${eventJson(event)}\n`;
  if (format.startsWith('table '))
    throw new TspodError('usage', `--format "${format}": events come one by one, not as a table`, {
      hint: `leave the word away: --format '${format.slice('table '.length)}'`,
    });
  const line = format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  const template = compileTemplate('events', line.endsWith('\n') ? line : `${line}\n`);
  return (event) => template.execute(eventFields(event));
}

/** Podman counts a duration of --since back from now, and one of --until forward. */
function momentOf(option: string, text: string | undefined, direction: bigint): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  const time = parseTime(text);
  if (time !== undefined) return time;
  try {
    return nowNs() + BigInt(Math.round(parseDuration(text) * 1e6)) * direction;
  } catch (cause) {
    const message = `failed to parse event filters: unable to convert ${option} time of ${text}: unable to interpret time value`;
    throw new TspodError('usage', message, {
      hint: 'use a time (2026-01-31T12:00:00Z) or a duration (10m)',
      cause,
    });
  }
}
