import { TspodError } from '../../lib/errors';
import type { Descriptor } from './manifest';

/** Go's name of this machine's architecture, as images have it. */
export function hostArchitecture(): string {
  return architectures[process.arch] ?? process.arch;
}

/** The variant that goes with an architecture where images name one. */
export function hostVariant(): string | undefined {
  if (process.arch === 'arm64') return 'v8';
  return process.arch === 'arm' ? 'v7' : undefined;
}

const architectures: Record<string, string> = { x64: 'amd64', ia32: '386', arm64: 'arm64', ppc64: 'ppc64le' };

/** A platform as images name it. What is absent is this machine's. */
export interface Platform {
  os?: string;
  architecture?: string;
  variant?: string;
}

/** The manifest for a platform, by default this machine's. Error `invalid`: there is none; it names those that there are. */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform = {}): Descriptor {
  const os = wanted.os ?? 'linux';
  const architecture = wanted.architecture ?? hostArchitecture();
  const fitting = manifests.filter(
    ({ platform }) => platform?.os === os && platform.architecture === architecture,
  );
  for (const variant of variantsFor(wanted)) {
    const chosen = fitting.find(({ platform }) => platform?.variant === variant);
    if (chosen !== undefined) return chosen;
  }
  const anywhere = manifests.filter(({ platform }) => platform === undefined);
  const chosen = wanted.variant === undefined ? (fitting[0] ?? anywhere[0]) : undefined;
  if (chosen !== undefined) return chosen;
  const names = namesOf(manifests);
  throw new TspodError(
    'invalid',
    names === ''
      ? 'the list of images is empty'
      : `no image for ${platformName({ os, architecture, ...wanted })}, only for ${names}`,
  );
}

/** `linux/arm/v7`; what is absent is this machine's. */
export function platformName(platform: Platform): string {
  const { os = 'linux', architecture = hostArchitecture(), variant } = platform;
  return `${os}/${architecture}${variant === undefined || variant === '' ? '' : `/${variant}`}`;
}

/** Whether an image is for a platform; a variant counts only where both name one. */
export function fitsPlatform(image: Platform, wanted: Platform): boolean {
  const { os = 'linux', architecture = hostArchitecture() } = wanted;
  const isVariant = !image.variant || wanted.variant === undefined || image.variant === wanted.variant;
  return (
    (image.os || 'linux') === os && (!image.architecture || image.architecture === architecture) && isVariant
  );
}

/** What is said where an image is for another platform. */
export function mismatchOf(image: Platform, wanted: Platform): string {
  return `image platform (${platformName(image)}) does not match the expected platform (${platformName(wanted)})`;
}

/** The variants that a machine can run, the best first: its own, none, then older ones. */
function variantsFor(wanted: Platform): (string | undefined)[] {
  const isHost = (wanted.architecture ?? hostArchitecture()) === hostArchitecture();
  const best = wanted.variant ?? (isHost ? hostVariant() : undefined);
  const number = /^v([2-9])$/.exec(best ?? '')?.[1];
  const older = number === undefined ? [] : Array.from({ length: Number(number) - 1 }, (_, n) => `v${n + 1}`);
  return [best, undefined, ...older.reverse()];
}

function namesOf(manifests: readonly Descriptor[]): string {
  const known = manifests.filter(({ platform }) => platform?.os !== 'unknown');
  const names = known.map(({ platform }) => (platform === undefined ? '?' : platformName(platform)));
  return [...new Set(names)].slice(0, 20).join(', ');
}
