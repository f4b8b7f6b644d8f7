import { TspodError } from '../../../lib/errors';
import { createVolume } from '../../../volume/create-volume';
import { loadVolume } from '../../../volume/volume-record';
import { defineCommand } from '../../define-command';

/** `tspod volume create`. */
export default defineCommand({
  summary: 'Create a new volume',
  usage: '[options] [NAME]',
  examples: ['tspod volume create data', 'tspod volume create --label team=web'],
  options: {
    label: { type: 'list', short: 'l', value: 'KEY=VALUE', description: 'Set metadata for the volume' },
    ignore: { type: 'boolean', default: false, description: 'Do not fail if the volume exists' },
    driver: {
      type: 'string',
      short: 'd',
      default: 'local',
      choices: ['local'],
      description: 'The volume driver',
    },
    opt: {
      type: 'list',
      short: 'o',
      description: 'Driver options',
      refuse: 'volumes with options are not built yet',
    },
    uid: { type: 'number', description: 'Owner of the volume', refuse: 'use the option U of --volume' },
    gid: { type: 'number', description: 'Group of the volume', refuse: 'use the option U of --volume' },
  },
  args: { min: 0, max: 1 },
  run(ctx, flags, [name], output) {
    if (flags.ignore && name !== undefined && loadVolume(ctx, name)) return output.print(name);
    const request = { labels: parseLabels(flags.label), ...(name === undefined ? {} : { name }) };
    output.print(createVolume(ctx, request).name);
  },
});

function parseLabels(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((text) => {
      const equals = text.indexOf('=');
      if (equals === 0) throw new TspodError('usage', `invalid label "${text}": the name is missing`);
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
