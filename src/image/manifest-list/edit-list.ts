import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { storePaths } from '../../store/store-paths';
import { readImageIndex } from '../../store/image-index';
import { findImage } from '../find/find-image';
import { givenName } from '../name/reference';
import { changed, emptyList } from './list-content';
import type { ListChange } from './list-content';
import { findInstances, findSubject } from './list-instances';
import type { InstanceOptions, ListInstance } from './list-instances';
import { addList, changeList, requireList } from './local-list';
import type { LocalList } from './local-list';

/** How a list is made. */
export interface CreateListOptions extends InstanceOptions {
  /** Use a list that has the name already. */
  amend: boolean;
  /** Of the list. */
  annotations: Record<string, string>;
}

/**
 * Makes a list with images and returns its id; nothing is made when one of them is not found. Errors: `exists` (without
 * `amend`), those of `findInstances`.
 */
export async function createList(
  ctx: Context,
  name: string,
  images: readonly string[],
  options: CreateListOptions,
): Promise<string> {
  const full = givenName(name);
  const isThere = readImageIndex(storePaths(ctx)).some((entry) => entry.name === full);
  const isAmended = options.amend && isThere;
  if (isAmended) requireList(ctx, full);
  const instances = isThere && !isAmended ? [] : await findAll(ctx, images, options);
  const fill = ({ content, state }: Pick<LocalList, 'content' | 'state'>) =>
    withInstances(
      { content: { ...content, annotations: { ...content.annotations, ...options.annotations } }, state },
      instances,
    );
  if (isAmended) return changeList(ctx, full, fill);
  const state = { created: new Date().toISOString(), sources: {} };
  return addList(ctx, full, fill({ content: emptyList(), state }));
}

/** Puts images on a list, each with the change, and returns its id. An image that is on it already is replaced. */
export async function addToList(
  ctx: Context,
  name: string,
  images: readonly string[],
  options: InstanceOptions & { change: ListChange },
): Promise<string> {
  requireList(ctx, name);
  const found = await findAll(ctx, images, options);
  const instances = found.map(({ listed, source }) => ({ listed: changed(listed, options.change), source }));
  return changeList(ctx, name, (list) => withInstances(list, instances));
}

/** Changes what a list says of an image: of the one with this digest, or of a local image's. Error `not-found`. */
export function annotateList(ctx: Context, name: string, image: string, change: ListChange): string {
  const wanted = digestIn(ctx, image);
  return changeList(ctx, name, ({ content, state }) => {
    if (!content.manifests.some(({ digest }) => digest === wanted)) throw notOnList(name, image);
    const manifests = content.manifests.map((each) =>
      each.digest === wanted ? changed(each, change) : each,
    );
    return { content: { ...content, manifests }, state };
  });
}

/** What is changed of a list itself. */
export interface IndexChange {
  annotations: Record<string, string>;
  /** The name of what the list refers to, an image or a list of the store or a registry. */
  subject?: string;
}

/** Sets annotations, and what the list refers to, of the list itself. Errors: those of `findSubject`. */
export async function annotateIndex(ctx: Context, name: string, change: IndexChange): Promise<string> {
  requireList(ctx, name);
  const subject = change.subject === undefined ? undefined : await findSubject(ctx, change.subject);
  return changeList(ctx, name, ({ content, state }) => ({
    content: {
      ...content,
      annotations: { ...content.annotations, ...change.annotations },
      ...(subject === undefined ? {} : { subject }),
    },
    state,
  }));
}

/** Takes the image with a digest off a list. Errors: `usage` (no digest), `not-found`. */
export function removeFromList(ctx: Context, name: string, digest: string): string {
  requireList(ctx, name);
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new TspodError('usage', `removing from manifest list ${name}: invalid image digest "${digest}"`, {
      hint: `"tspod manifest inspect ${name}" tells the digests: sha256:...`,
    });
  }
  return changeList(ctx, name, ({ content, state }) => {
    const manifests = content.manifests.filter((each) => each.digest !== digest);
    if (manifests.length === content.manifests.length) throw notOnList(name, digest);
    const { [digest]: _gone, ...sources } = state.sources;
    return { content: { ...content, manifests }, state: { ...state, sources } };
  });
}

async function findAll(
  ctx: Context,
  images: readonly string[],
  options: InstanceOptions,
): Promise<ListInstance[]> {
  const found: ListInstance[] = [];
  for (const image of images) found.push(...(await findInstances(ctx, image, options)));
  return found;
}

function withInstances(
  { content, state }: Pick<LocalList, 'content' | 'state'>,
  instances: readonly ListInstance[],
): Pick<LocalList, 'content' | 'state'> {
  const manifests = [...content.manifests];
  const sources = { ...state.sources };
  for (const { listed, source } of instances) {
    const at = manifests.findIndex(({ digest }) => digest === listed.digest);
    if (at < 0) manifests.push(listed);
    else manifests[at] = listed;
    if (source === undefined) delete sources[listed.digest];
    else sources[listed.digest] = source;
  }
  return { content: { ...content, manifests }, state: { ...state, sources } };
}

function digestIn(ctx: Context, image: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(image)) return image;
  const entry = findImage(ctx, readImageIndex(storePaths(ctx)), image);
  if (entry !== undefined) return entry.digest;
  throw new TspodError('not-found', `${image}: image not known`, {
    hint: 'name the image by its digest on the list: sha256:...',
  });
}

function notOnList(name: string, what: string): TspodError {
  return new TspodError('not-found', `the manifest list ${name} has no image ${what}`, {
    hint: `"tspod manifest inspect ${name}" tells what it has`,
  });
}
