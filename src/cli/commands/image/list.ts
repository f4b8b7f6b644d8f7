import { parseImageFilters, referencePattern } from '../../../image/list/image-filters';
import { imageRows, sortImageRows, IMAGE_SORT_KEYS, type ImageSortKey } from '../../../image/list/image-row';
import { listImages } from '../../../image/list/list-images';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { printRows } from '../../print/print-rows';

/** `tspod images`. */
export default defineCommand({
  summary: 'List images in local storage',
  usage: '[options] [IMAGE]',
  examples: [
    'tspod images',
    "tspod images --format '{{.ID}} {{.Repository}}'",
    'tspod images --filter dangling=true -q',
  ],
  options: {
    all: { type: 'boolean', short: 'a', description: 'Show all images (there are no hidden ones)' },
    digests: { type: 'boolean', description: 'Show digests' },
    filter: {
      type: 'list',
      short: 'f',
      value: 'KEY=VALUE',
      description: 'Show only what fits: before, since, dangling, id, label, reference, until, ...',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      description: 'Print as JSON, or with a Go template, "table" before it for headings',
    },
    history: { type: 'boolean', description: 'Show all names of each image; former ones are not kept' },
    'no-trunc': { type: 'boolean', description: 'Print full ids' },
    noheading: { type: 'boolean', short: 'n', description: 'Print no headings' },
    quiet: { type: 'boolean', short: 'q', description: 'Print ids only' },
    sort: {
      type: 'string',
      value: 'KEY',
      choices: IMAGE_SORT_KEYS,
      default: 'created',
      description: `Sort by one of ${IMAGE_SORT_KEYS.join(', ')}`,
    },
  },
  args: { min: 0, max: 1 },
  async run(ctx, flags, [wanted], output) {
    if (wanted !== undefined && flags.filter.some((filter) => filter.startsWith('reference='))) {
      throw new TspodError(
        'usage',
        'images: an image and the filter "reference" say the same: give one of them',
      );
    }
    const filter = parseImageFilters(ctx, flags.filter);
    const images = listImages(ctx).filter(filter);
    const isWanted = wanted === undefined ? () => true : referencePattern(wanted);
    const rows = imageRows(images, {
      noTrunc: flags['no-trunc'] ?? false,
      now: Date.now(),
      isWanted,
      all: wanted === undefined,
    });
    const sorted = sortImageRows(rows, flags.sort as ImageSortKey);
    const shown = flags.quiet ? [...new Map(sorted.map((row) => [row.Id, row])).values()] : sorted;
    await printRows(output, shown, {
      name: 'images',
      columns: [
        'Repository',
        'Tag',
        ...(flags.digests ? ['Digest'] : []),
        'ID',
        'Created',
        'Size',
        ...(flags.history ? ['History'] : []),
      ],
      headers: { ID: 'IMAGE ID', CreatedSince: 'CREATED' },
      // as with Podman, a template says nothing beside --quiet
      format: flags.quiet && flags.format !== 'json' ? undefined : flags.format,
      noHeading: flags.noheading,
      quiet: flags.quiet ? 'ID' : undefined,
      json: [...new Map(sorted.map((row) => [row.Id, row.json()])).values()],
    });
  },
});
