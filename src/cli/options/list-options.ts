import type { ListChange, ListPlatform } from '../../image/manifest-list/list-content';
import { TspodError } from '../../lib/errors';
import { defineOptions } from '../define-command';
import type { Flags } from '../define-command';

/** What a list of manifests says of an image on it. */
export const listedOptions = defineOptions({
  annotation: { type: 'list', value: 'KEY=VALUE', description: 'Set an annotation of the image on the list' },
  arch: {
    type: 'string',
    value: 'ARCH',
    description: 'Architecture that the list names, instead of the image',
  },
  features: {
    type: 'list',
    commas: true,
    value: 'FEATURE',
    description: 'Features of the processor that the list names',
  },
  os: { type: 'string', value: 'OS', description: 'Operating system that the list names' },
  'os-version': { type: 'string', value: 'VERSION', description: 'Version of the operating system' },
  variant: { type: 'string', value: 'VARIANT', description: 'Variant of the architecture' },
});

/** `--os-features` of `manifest annotate`. */
export const osFeaturesOption = defineOptions({
  'os-features': {
    type: 'list',
    commas: true,
    value: 'FEATURE',
    description: 'Features of the operating system that the list names',
  },
});

/** What the flags change of an image on a list. Throws 'usage' for a malformed annotation. */
export function parseListChange(
  flags: Flags<typeof listedOptions> & Partial<Flags<typeof osFeaturesOption>>,
): ListChange {
  const { arch, os, variant, features, 'os-version': version, 'os-features': osFeatures = [] } = flags;
  const platform: Partial<ListPlatform> = {
    ...(arch ? { architecture: arch } : {}),
    ...(os ? { os } : {}),
    ...(version ? { 'os.version': version } : {}),
    ...(osFeatures.length > 0 ? { 'os.features': osFeatures } : {}),
    ...(variant ? { variant } : {}),
    ...(features.length > 0 ? { features } : {}),
  };
  return { annotations: parseAnnotations(flags.annotation), platform };
}

/** `KEY=VALUE` texts as a record. Throws 'usage' for a text without key or value. */
export function parseAnnotations(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
      throw new TspodError('usage', `no value given for annotation "${text}": expected KEY=VALUE`);
    }),
  );
}
