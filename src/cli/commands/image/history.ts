import { imageHistory } from '../../../image/list/image-history';
import type { HistoryStep } from '../../../image/list/image-history';
import { humanDuration } from '../../../lib/duration';
import { shortId } from '../../../lib/id';
import { compactSize } from '../../../lib/size';
import { formatRfc3339 } from '../../../lib/time';
import { defineCommand } from '../../define-command';
import { printRows } from '../../print/print-rows';

/** `tspod history`. */
export default defineCommand({
  summary: 'Show the history of an image',
  usage: '[options] IMAGE',
  description: 'Shows the steps in which an image was made, the last one first.',
  examples: ['tspod history busybox', "tspod history --format '{{.Size}} {{.CreatedBy}}' --no-trunc busybox"],
  options: {
    format: {
      type: 'string',
      value: 'FORMAT',
      description: 'Print as JSON, or with a Go template, "table" before it for headings',
    },
    human: {
      type: 'boolean',
      short: 'H',
      default: true,
      description: 'Say how long ago a step was made instead of when',
    },
    'no-trunc': { type: 'boolean', description: 'Print full ids and commands' },
    quiet: { type: 'boolean', short: 'q', description: 'Print ids only' },
  },
  args: { min: 1, max: 1 },
  async run(ctx, flags, [name = ''], output) {
    const steps = imageHistory(ctx, name);
    if (flags.format === 'json') return output.print(JSON.stringify(steps.map(jsonOf)));
    const rows = steps.map((step) => rowOf(step, { full: flags['no-trunc'] ?? false, human: flags.human }));
    await printRows(output, rows, {
      name: 'history',
      columns: ['ID', 'Created', 'CreatedBy', 'Size', 'Comment'],
      format: flags.format,
      quiet: flags.quiet ? 'ID' : undefined,
    });
  },
});

function rowOf(step: HistoryStep, { full, human }: { full: boolean; human: boolean }): object {
  const { id, createdBy, tags, comment } = step;
  const at = seconds(step);
  const since = `${humanDuration(Date.now() - Number(step.created / 1_000_000n))} ago`;
  const row = {
    ID: full || id === '<missing>' ? id : shortId(id),
    Created: human ? since : at,
    CreatedAt: at,
    CreatedSince: since,
    CreatedBy: full || createdBy.length <= 45 ? createdBy : `${createdBy.slice(0, 42)}...`,
    Size: compactSize(step.size),
    Comment: comment,
    Tags: tags,
  };
  const { Created: _created, ...record } = jsonOf(step);
  return Object.defineProperty(row, 'toJSON', { value: () => ({ tags: null, ...record }) });
}

function jsonOf(step: HistoryStep) {
  const { id, createdBy, tags, comment, size } = step;
  return {
    id,
    created: formatRfc3339(step.created),
    CreatedBy: createdBy,
    ...(tags.length > 0 ? { tags } : {}),
    size,
    comment,
    Created: seconds(step),
  };
}

function seconds({ created }: HistoryStep): string {
  return formatRfc3339(created).replace(/\.\d+/, '');
}
