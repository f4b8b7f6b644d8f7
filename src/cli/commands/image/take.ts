import { takeImages } from '../../../image/transport/take-image';
import { defineCommand } from '../../define-command';

/** `tspod image take`: what `pull` and `run` do with a place that is no registry. */
export default defineCommand({
  summary: 'Copy images from an archive, a directory or the store of Podman',
  usage: '[options] TRANSPORT:DETAILS',
  options: {
    quiet: { type: 'boolean', short: 'q', description: 'Do not tell of progress' },
  },
  args: { min: 1, max: 1 },
  userns: true,
  async run(ctx, flags, [place = ''], output) {
    const note = flags.quiet === true ? () => undefined : (line: string) => output.note(line);
    for await (const { id } of takeImages(ctx, place, note)) output.print(id);
  },
});
