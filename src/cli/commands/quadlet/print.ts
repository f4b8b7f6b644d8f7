import { readFileSync } from 'node:fs';
import { defineCommand } from '../../define-command';
import { findInstalled, installedQuadlets } from './installed';
import { searchPlace } from './setup';

/** `tspod quadlet print`. */
export default defineCommand({
  summary: 'Display the contents of a Quadlet file',
  usage: '[options] QUADLET',
  description: 'Prints the file as it is installed, without its drop-ins.',
  examples: ['tspod quadlet print web.container'],
  options: {},
  args: { min: 1, max: 1 },
  storeless: true,
  run(ctx, _flags, [name = ''], output) {
    output.write(readFileSync(findInstalled(installedQuadlets(searchPlace(ctx)), name).path));
  },
});
