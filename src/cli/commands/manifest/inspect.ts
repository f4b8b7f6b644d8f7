import { inspectList } from '../../../image/manifest-list/inspect-list';
import { defineCommand } from '../../define-command';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';

const { authfile, 'cert-dir': certDir, creds, 'tls-verify': tlsVerify } = registryOptions;

/** `tspod manifest inspect`. */
export default defineCommand({
  summary: 'Display the contents of a manifest list or image index',
  usage: '[options] LIST',
  description: 'Prints a list of the store, or what a registry has under the name, as JSON.',
  examples: ['tspod manifest inspect web:1.2', 'tspod manifest inspect registry.example.com/web:1.2'],
  options: {
    authfile,
    'cert-dir': certDir,
    creds,
    'tls-verify': tlsVerify,
    verbose: {
      type: 'boolean',
      short: 'v',
      hidden: true,
      description: 'Accepted as Podman has it, without effect',
    },
  },
  args: { min: 1, max: 1 },
  async run(ctx, flags, [name = ''], output) {
    const { content, image } = await inspectList(ctx, name, await parseRegistryOptions(ctx, flags));
    if (image !== undefined) {
      ctx.log('warn', `the manifest type ${image} is not a manifest list but a single image`);
    }
    output.print(JSON.stringify(content, undefined, 4));
  },
});
