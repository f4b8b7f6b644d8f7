import { parseSearchFilters } from '../../../image/search/search-filters';
import { searchImages, searchTags } from '../../../image/search/search-images';
import type { SearchRow } from '../../../image/search/search-images';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';
import { printRows } from '../../print/print-rows';

const longestDescription = 44;

/** `tspod search`. */
export default defineCommand({
  summary: 'Search registries for an image',
  usage: '[options] TERM',
  description:
    'Looks for images whose name has TERM in it: REGISTRY/TERM in one registry, TERM alone in those of unqualified-search-registries in registries.conf. Registries without a search of their own, such as docker-registry, are asked for the list of their repositories.',
  examples: [
    'tspod search docker.io/alpine',
    'tspod search --filter is-official --limit 3 docker.io/alpine',
    'tspod search --list-tags quay.io/podman/stable',
    'tspod search registry.example.com:5000/',
  ],
  options: {
    authfile: registryOptions.authfile,
    'cert-dir': registryOptions['cert-dir'],
    compatible: {
      type: 'boolean',
      description: 'Show stars, official and automated columns, as Docker does',
    },
    creds: registryOptions.creds,
    filter: {
      type: 'list',
      short: 'f',
      value: 'FILTER',
      description: 'Show only what fits: stars=COUNT (at least), is-official[=BOOL], is-automated[=BOOL]',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      description: 'Print as JSON, or with a Go template, "table" before it for headings',
    },
    limit: { type: 'number', value: 'COUNT', description: 'Most results of each registry (default 25)' },
    'list-tags': { type: 'boolean', description: 'List the tags of a repository' },
    'no-trunc': { type: 'boolean', description: 'Print descriptions in full' },
    'tls-verify': registryOptions['tls-verify'],
  },
  args: { min: 1, max: 1 },
  async run(ctx, flags, [term = ''], output) {
    const isTags = flags['list-tags'] ?? false;
    const filters = parseSearchFilters(flags.filter);
    if (isTags && flags.filter.length > 0)
      throw new TspodError('usage', 'filters are not applicable to list tags result');
    const { limit = 0 } = flags;
    if (limit < 0) throw new TspodError('usage', `--limit ${limit}: it is negative`);
    // nobody waits for a search: a registry that is down is told of at once
    const registry = { ...(await parseRegistryOptions(ctx, flags)), retry: 0 };
    const search = { term, registry, filters, ...(limit === 0 ? {} : { limit }) };
    const rows = isTags ? await searchTags(ctx, search) : await searchImages(ctx, search);
    if (rows.length === 0) return;
    const isJson = /^(json|\{\{\s*json\s*\}\})$/.test(flags.format ?? '');
    await printRows(output, flags['no-trunc'] ? rows : rows.map(shortened), {
      name: 'search',
      columns: columnsFor(isTags, flags.compatible ?? false),
      format: isJson ? 'json' : flags.format,
      json: isTags ? tagsByName(rows) : rows,
    });
  },
});

function columnsFor(isTags: boolean, isCompatible: boolean): string[] {
  if (isTags) return ['Name', 'Tag'];
  return ['Name', 'Description', ...(isCompatible ? ['Stars', 'Official', 'Automated'] : [])];
}

/** Podman counts bytes. */
function shortened(row: SearchRow): SearchRow {
  const bytes = Buffer.from(row.Description);
  if (bytes.length <= longestDescription) return row;
  const cut = bytes
    .subarray(0, longestDescription)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return { ...row, Description: `${cut}...` };
}

function tagsByName(rows: readonly SearchRow[]): { Name: string; Tags: string[] }[] {
  const names = [...new Set(rows.map(({ Name }) => Name))];
  return names.map((Name) => ({
    Name,
    Tags: rows.filter((row) => row.Name === Name).map(({ Tag }) => Tag),
  }));
}
