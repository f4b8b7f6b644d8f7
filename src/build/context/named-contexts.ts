import { TspodError } from '../../lib/errors';
import type { Context } from '../../lib/context';
import type { Staging } from '../../store/staging';
import type { NamedContext } from '../request';
import { findIgnoreRules } from './find-ignore-file';
import { fetchContext, isAddress, localDirectory } from './open-context';

const IMAGE = /^(?:docker-image|container-image|docker):\/\/(.+)$/;
/** A directory with images, and which of them; there may be a single one. */
const LAYOUT = /^oci-layout:\/\/([^@]+)$/;

/** `NAME=VALUE` of `--build-context`, as typed. */
export interface NamedContextText {
  name: string;
  value: string;
}

/** Divides `--build-context`. Error `usage`. */
export function parseNamedContext(text: string): NamedContextText {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  const value = text.slice(equals + 1).trim();
  if (name !== '' && value !== '') return { name, value };
  throw new TspodError('usage', `--build-context "${text}": accepts value in the form of key=value`, {
    hint: 'write NAME=DIRECTORY, NAME=docker-image://IMAGE or NAME=ADDRESS',
  });
}

/** Whether it has to be fetched. */
export function isRemoteContext({ value }: NamedContextText): boolean {
  return !IMAGE.test(value) && isAddress(value);
}

/**
 * The contexts that names stand for; directories have the rules of their own ignore files. Errors: `usage`, `unsupported`, those
 * of fetching.
 */
export async function openNamedContexts(
  ctx: Context,
  texts: readonly NamedContextText[],
  place: () => Staging,
): Promise<Map<string, NamedContext>> {
  const contexts = new Map<string, NamedContext>();
  for (const text of texts) contexts.set(text.name, await openOne(ctx, text, place));
  return contexts;
}

async function openOne(ctx: Context, text: NamedContextText, place: () => Staging): Promise<NamedContext> {
  const { name, value } = text;
  const reference = IMAGE.exec(value)?.[1];
  if (reference !== undefined) return { kind: 'image', reference };
  const layout = LAYOUT.exec(value)?.[1];
  if (layout !== undefined) return { kind: 'image', reference: `oci:${layout}` };
  if (/^(oci-layout|oci|target|containers-storage|input):/.test(value)) {
    throw new TspodError('unsupported', `--build-context "${name}=${value}" is not supported`, {
      hint: 'write oci-layout://DIRECTORY[:TAG], or bring the image with "tspod pull" and write docker-image://NAME',
    });
  }
  const found = isRemoteContext(text)
    ? await fetchContext(ctx, value, place)
    : { directory: localDirectory(value) };
  if (found.directory === undefined) {
    throw new TspodError(
      'invalid',
      `--build-context "${name}=${value}": this is neither an archive nor a repository`,
    );
  }
  const ignore = findIgnoreRules(found.directory, { named: undefined, containerfiles: [] });
  return { kind: 'directory', path: found.directory, ignore };
}
