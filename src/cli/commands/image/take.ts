import { takeImages } from '../../../image/transport/take-image';
import { defineCommand } from '../../define-command';
import { parsePlatform, platformOptions } from '../../options/platform-options';

/** `tspod image take`: what `pull` and `run` do with a place that is no registry. */
export default defineCommand({
  summary: 'Copy images from an archive, a directory or the store of Podman',
  usage: '[options] TRANSPORT:DETAILS',
  options: {
    platform: platformOptions.platform,
    quiet: { type: 'boolean', short: 'q', description: 'Do not tell of progress' },
    'signature-policy': { type: 'string', value: 'FILE', description: 'Read this policy.json', hidden: true },
  },
  args: { min: 1, max: 1 },
  userns: true,
  async run(ctx, flags, [place = ''], output) {
    const options = {
      platform: parsePlatform(flags),
      policyFile: flags['signature-policy'],
      note: flags.quiet === true ? undefined : (line: string) => output.note(line),
    };
    for await (const { id } of takeImages(ctx, place, options)) output.print(id);
  },
});
