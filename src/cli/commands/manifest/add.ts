import { addToList } from '../../../image/manifest-list/edit-list';
import { defineCommand } from '../../define-command';
import { listedOptions, parseListChange } from '../../options/list-options';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';

const { authfile, 'cert-dir': certDir, creds, 'tls-verify': tlsVerify } = registryOptions;
const artifacts = 'only images are put on lists';

/** `tspod manifest add`. */
export default defineCommand({
  summary: 'Add images or artifacts to a manifest list or image index',
  usage: '[options] LIST IMAGE [IMAGE...]',
  description:
    'Puts images on a list and prints the id of the list. IMAGE is in the store, or in a registry (docker://NAME). Of a list the image for this machine is taken, unless --all is given.',
  examples: [
    'tspod manifest add web:1.2 web:1.2-amd64',
    'tspod manifest add --all web:1.2 docker://registry.example.com/web:1.1',
    'tspod manifest add --arch arm --variant v7 web:1.2 web:1.2-arm',
  ],
  options: {
    all: {
      type: 'boolean',
      default: false,
      description: 'Of an IMAGE that is a list itself, add all images',
    },
    ...listedOptions,
    artifact: { type: 'boolean', description: 'Add files', refuse: artifacts },
    'artifact-config': { type: 'string', description: 'Configuration', hidden: true, refuse: artifacts },
    'artifact-config-type': { type: 'string', description: 'Its type', hidden: true, refuse: artifacts },
    'artifact-exclude-titles': { type: 'boolean', description: 'No titles', hidden: true, refuse: artifacts },
    'artifact-layer-type': { type: 'string', description: 'Type of files', hidden: true, refuse: artifacts },
    'artifact-subject': { type: 'string', description: 'Subject', hidden: true, refuse: artifacts },
    'artifact-type': { type: 'string', description: 'Type', hidden: true, refuse: artifacts },
    authfile,
    'cert-dir': certDir,
    creds,
    'tls-verify': tlsVerify,
  },
  args: { min: 2 },
  async run(ctx, flags, [name = '', ...images], output) {
    const registry = await parseRegistryOptions(ctx, flags);
    const change = parseListChange(flags);
    output.print(await addToList(ctx, name, images, { all: flags.all, registry, change }));
  },
});
