import { existsSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { runInUserns } from '../../runtime/enter';
import { fitsPlatform, mismatchOf } from '../format/platform';
import type { Platform } from '../format/platform';
import type { PullOptions, PullPolicy } from '../pull/pull-request';
import { resolveImage } from './resolve';
import type { ResolvedImage } from './resolve';
import { notePull } from '../pull/note-pull';

/** Names of the image that comes with tspod. */
const embeddedName = /^(localhost\/)?busybox(:latest)?$/;

/** A place that images may be copied from, before its details. */
const transport = /^(?:docker:\/\/|(?:oci|oci-archive|docker-archive|dir|containers-storage):)/;

/** Whether a text names a place that images are copied from, and not an image of a registry. */
export function namesTransport(text: string): boolean {
  return transport.test(text);
}

/** When and how `run` and `create` pull. */
export interface ImageFetch {
  policy: PullPolicy;
  /** Absent: any, as long as it is here; this machine's, when it is pulled. */
  platform?: Platform;
  /** Asked for when a registry has to be. */
  options(): Promise<Omit<PullOptions, 'policy' | 'platform'>>;
}

/**
 * The image of a name or id, ready to run: pulled as `fetch` says, or else only looked up. The embedded image is loaded
 * at its first use, in a second process that has all ids. Errors: `not-found`: the store has none; those of a pull.
 */
export async function ensureImage(ctx: Context, text: string, fetch?: ImageFetch): Promise<ResolvedImage> {
  return notePull(ctx, text, () => findOrFetch(ctx, text, fetch));
}

async function findOrFetch(
  ctx: Context,
  text: string,
  fetch: ImageFetch | undefined,
): Promise<ResolvedImage> {
  const name = transport.test(text) ? await take(ctx, text, fetch?.platform) : text;
  const found = resolveImage(ctx, name);
  const { policy = 'never', platform } = fetch ?? {};
  const isSimple = platform === undefined && (policy === 'missing' || policy === 'never');
  if (found !== undefined && isSimple) {
    if (fetch !== undefined) warnOfPlatform(ctx, found);
    return isComplete(found) ? found : rebuild(ctx, found);
  }
  if (isSimple && isEmbedded(ctx, name)) return loadEmbedded(ctx, name);
  if (fetch === undefined || (fetch.policy === 'never' && found === undefined)) throw imageNotKnown(name);
  return pull(ctx, name, fetch);
}

/** The error of every command that names an image which the store has not. */
export function imageNotKnown(name: string, exitCode = 125): TspodError {
  return new TspodError('not-found', `${name}: image not known`, {
    hint: `bring it with "tspod pull ${name}" or "tspod load -i ARCHIVE"; "tspod images" lists what there is`,
    exitCode,
  });
}

/** What the name of an image with a transport leads to: the id of what has been copied into the store. */
async function take(ctx: Context, text: string, platform: Platform | undefined): Promise<string> {
  const { takeInUserns } = await import('../transport/take-in-userns');
  const taken = await takeInUserns(ctx, text, { platform });
  return taken?.at(-1) ?? text.replace(/^docker:\/\//, '');
}

async function pull(ctx: Context, name: string, fetch: ImageFetch): Promise<ResolvedImage> {
  const { provideImage } = await import('../pull/provide-image');
  const id = await provideImage(ctx, name, fetch);
  const image = resolveImage(ctx, name);
  const found = image?.id === id ? image : resolveImage(ctx, id);
  if (found === undefined) throw imageNotKnown(name);
  return isComplete(found) ? found : rebuild(ctx, found);
}

function isEmbedded(ctx: Context, name: string): boolean {
  return embeddedName.test(name) && existsSync(ctx.paths.embeddedImage);
}

function loadEmbedded(ctx: Context, name: string): ResolvedImage {
  inUserns(ctx, ['load', '--silent', '--input', ctx.paths.embeddedImage], 'loading the embedded image');
  const found = resolveImage(ctx, name);
  if (found !== undefined) return found;
  throw new TspodError('invalid', `the embedded image "${ctx.paths.embeddedImage}" does not hold ${name}`, {
    hint: 'make it again with "npm run build"',
  });
}

/** An image of another machine is run only where the kernel knows how. */
function warnOfPlatform(ctx: Context, { config }: ResolvedImage): void {
  if (!fitsPlatform(config, {})) ctx.log('warn', mismatchOf(config, {}));
}

/** The layers are looked at, not read: what has been published is complete. */
function isComplete(image: ResolvedImage): boolean {
  return image.layers.every((layer) => existsSync(layer));
}

function rebuild(ctx: Context, image: ResolvedImage): ResolvedImage {
  inUserns(ctx, ['image', 'rebuild', image.id], `unpacking the layers of ${image.name} again`);
  return image;
}

/** Runs a command of ours on the same store. */
function inUserns(ctx: Context, argv: string[], action: string): void {
  const options = ['--root', ctx.paths.root, '--runroot', ctx.paths.runRoot, '--events-backend', 'none'];
  runInUserns(ctx, [...options, ...argv], action);
}
