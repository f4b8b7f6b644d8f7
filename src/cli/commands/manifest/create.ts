import { createList } from '../../../image/manifest-list/edit-list';
import { defineCommand } from '../../define-command';
import { parseAnnotations } from '../../options/list-options';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';

const { authfile, 'cert-dir': certDir, creds, 'tls-verify': tlsVerify } = registryOptions;

/** `tspod manifest create`. */
export default defineCommand({
  summary: 'Create a manifest list or image index',
  usage: '[options] LIST [IMAGE...]',
  description:
    'Makes a list of images for several platforms and prints its id. IMAGE is in the store, or in a registry (docker://NAME): then only its manifest is looked at.',
  examples: ['tspod manifest create web:1.2', 'tspod manifest create web:1.2 web:1.2-amd64 web:1.2-arm64'],
  options: {
    all: {
      type: 'boolean',
      default: false,
      description: 'Of an IMAGE that is a list itself, add all images',
    },
    amend: {
      type: 'boolean',
      short: 'a',
      default: false,
      description: 'Change a list that has the name already',
    },
    annotation: { type: 'list', value: 'KEY=VALUE', description: 'Set an annotation of the list' },
    authfile,
    'cert-dir': certDir,
    creds,
    'tls-verify': tlsVerify,
  },
  args: { min: 1 },
  async run(ctx, flags, [name = '', ...images], output) {
    const registry = await parseRegistryOptions(ctx, flags);
    const annotations = parseAnnotations(flags.annotation);
    const { all, amend } = flags;
    output.print(await createList(ctx, name, images, { all, amend, annotations, registry }));
  },
});
