import { existsSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { runInUserns } from '../runtime/enter';
import { resolveImage } from './resolve';
import type { ResolvedImage } from './resolve';

/** Names of the image that comes with tspod. */
const embeddedName = /^(localhost\/)?busybox(:latest)?$/;

/**
 * The image of a name or id, ready to run. The embedded image is loaded at its first use, in a second process that has
 * all ids. Error `not-found`: the store has none.
 */
export function ensureImage(ctx: Context, name: string): ResolvedImage {
  const found = resolveImage(ctx, name);
  if (found !== undefined) return isComplete(found) ? found : rebuild(ctx, found);
  if (embeddedName.test(name) && existsSync(ctx.paths.embeddedImage)) return loadEmbedded(ctx, name);
  throw imageNotKnown(name);
}

/** The error of every command that names an image which the store has not. */
export function imageNotKnown(name: string, exitCode = 125): TspodError {
  return new TspodError('not-found', `${name}: image not known`, {
    hint: 'bring it with "tspod load -i ARCHIVE" (pulling from registries is not supported yet); "tspod images" lists what there is',
    exitCode,
  });
}

function loadEmbedded(ctx: Context, name: string): ResolvedImage {
  inUserns(ctx, ['load', '--silent', '--input', ctx.paths.embeddedImage], 'loading the embedded image');
  const found = resolveImage(ctx, name);
  if (found !== undefined) return found;
  throw new TspodError('invalid', `the embedded image "${ctx.paths.embeddedImage}" does not hold ${name}`, {
    hint: 'make it again with "npm run build"',
  });
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
  runInUserns(ctx, ['--root', ctx.paths.root, '--runroot', ctx.paths.runRoot, ...argv], action);
}
