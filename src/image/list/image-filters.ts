import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { parseTime } from '../../lib/time';
import { parseDuration } from '../../lib/duration';
import { readImageIndex } from '../../store/image-index';
import { storePaths } from '../../store/store-paths';
import { imageNotKnown } from '../find/ensure-image';
import { findImage } from '../find/find-image';
import { splitName } from './list-images';
import type { ListedImage } from './list-images';
import { resolveImage } from '../find/resolve';

/** What `--filter` leaves of a list. Conditions of one kind are alternatives, different kinds have to hold together. */
export type ImageFilter = (image: ListedImage) => boolean;

type MakeFilter = (ctx: Context, value: string) => ImageFilter;

const makers: Record<string, MakeFilter> = {
  after: since,
  since,
  before: (ctx, value) => {
    const created = createdOf(ctx, value);
    return (image) => image.created < created;
  },
  containers: (_ctx, value) => {
    if (value === 'external') return () => false;
    const wanted = boolean('containers', value);
    return (image) => image.containers > 0 === wanted;
  },
  dangling: (_ctx, value) => {
    const wanted = boolean('dangling', value);
    return (image) => (image.names.length === 0) === wanted;
  },
  digest: (_ctx, value) => (image) => image.digests.some((digest) => digest.startsWith(value)),
  id: (_ctx, value) => (image) => image.id.startsWith(value.replace(/^sha256:/, '')),
  // every layer belongs to an image here: there are no images of single steps
  intermediate: (_ctx, value) => {
    const wanted = boolean('intermediate', value);
    return () => !wanted;
  },
  label: (_ctx, value) => (image) => hasLabel(image, value),
  manifest: (_ctx, value) => {
    const wanted = boolean('manifest', value);
    return ({ isList }) => isList === wanted;
  },
  readonly: (_ctx, value) => {
    const wanted = boolean('readonly', value);
    return () => !wanted;
  },
  reference: (ctx, value) => {
    const matches = referencePattern(value);
    const id = namedImage(ctx, value);
    return (image) => image.id === id || image.names.some(matches);
  },
  until: (_ctx, value) => {
    const limit = untilTime(value);
    return (image) => image.created < limit;
  },
};

/** Reads `--filter` options, `key=value` or `key!=value`. Error `usage`: an unknown key or a malformed value. */
export function parseImageFilters(ctx: Context, texts: readonly string[]): ImageFilter {
  const groups = new Map<string, ImageFilter[]>();
  for (const text of texts) {
    const match = /^([^=!]+)(!?=)(.*)$/s.exec(text);
    const [, key = '', operator = '', value = ''] = match ?? [];
    const make = Object.hasOwn(makers, key) ? makers[key] : undefined;
    if (make === undefined) {
      throw new TspodError(
        'usage',
        `invalid image filter "${key || text}": must be in the format "filter=value or filter!=value"`,
        {
          hint: `filters are ${Object.keys(makers).join(', ')}`,
        },
      );
    }
    const filter = make(ctx, value);
    const isNegated = operator === '!=';
    const group = `${key}${operator}`;
    const filters = groups.get(group) ?? [];
    filters.push(isNegated ? (image) => !filter(image) : filter);
    groups.set(group, filters);
  }
  // labels add up, and so do negations: a list of things not to be shown
  return (image) =>
    [...groups].every(([group, filters]) =>
      group === 'label=' || group.endsWith('!=')
        ? filters.every((filter) => filter(image))
        : filters.some((filter) => filter(image)),
    );
}

/**
 * Tells whether a full name is what a pattern means: a name or its end, with `*`, `?` and `[a-z]`, with or without a tag.
 * Error `usage`: the pattern is malformed.
 */
export function referencePattern(pattern: string): (name: string) => boolean {
  const hasTag = splitName(pattern).tag !== '<none>';
  const expression = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\[\\\^/g, '[^')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  const whole = compiled(`^${expression}$`, pattern);
  const end = compiled(`^(?:.*/)?${expression}$`, pattern);
  return (name) => {
    const { repository, tag } = splitName(name);
    return end.test(hasTag ? `${repository}:${tag}` : repository) || (!hasTag && whole.test(name));
  };
}

/** The id of the image that a command would take for this; undefined where it is no name or id, or says nothing for sure. */
function namedImage(ctx: Context, text: string): string | undefined {
  if (!/^[\w.:/@-]+$/.test(text)) return undefined;
  try {
    return findImage(ctx, readImageIndex(storePaths(ctx)), text)?.imageId;
  } catch (error) {
    if (error instanceof TspodError && error.code === 'usage') return undefined;
    throw error;
  }
}

function compiled(expression: string, pattern: string): RegExp {
  try {
    return new RegExp(expression);
  } catch (cause) {
    throw new TspodError('usage', `image name pattern ${JSON.stringify(pattern)}: syntax error in pattern`, {
      cause,
    });
  }
}

function since(ctx: Context, value: string): ImageFilter {
  const created = createdOf(ctx, value);
  return (image) => image.created > created;
}

function createdOf(ctx: Context, name: string): number {
  const image = resolveImage(ctx, name);
  if (image === undefined) throw imageNotKnown(name);
  return Date.parse(image.config.created ?? '') || 0;
}

function boolean(key: string, value: string): boolean {
  if (/^(true|1|t)$/i.test(value)) return true;
  if (/^(false|0|f)$/i.test(value)) return false;
  throw new TspodError('usage', `image filter ${key}="${value}": expected true or false`);
}

function hasLabel(image: ListedImage, wanted: string): boolean {
  const labels = image.config.config?.Labels ?? {};
  const equals = wanted.indexOf('=');
  if (equals < 0) return Object.hasOwn(labels, wanted);
  return labels[wanted.slice(0, equals)] === wanted.slice(equals + 1);
}

function untilTime(value: string): number {
  const time = parseTime(value);
  if (time !== undefined) return Number(time / 1_000_000n);
  return Date.now() - parseDuration(value);
}
