import { readFileSync, writeFileSync } from 'node:fs';
import { commitContainer } from '../../../container/commit/commit';
import { applyChange } from '../../../image/format/config-change';
import { parseObject } from '../../../image/format/image-config';
import type { ImageRunConfig } from '../../../image/format/image-config';
import { TspodError, wrapError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';

/** `tspod commit`. */
export default defineCommand({
  summary: 'Create a new image based on the changed container',
  usage: '[options] CONTAINER [IMAGE]',
  description:
    'Makes an image of a container, running or not: what it has written becomes a new layer. Volumes and other mounts ' +
    'are not in it. Prints the id of the image.',
  examples: [
    'tspod commit web site:2',
    `tspod commit -c 'CMD ["nginx"]' -a "Jane Doe" web`,
    'tspod commit --squash web flat',
  ],
  options: {
    author: { type: 'string', short: 'a', value: 'NAME', description: 'Author of the image' },
    change: {
      type: 'list',
      short: 'c',
      value: 'INSTRUCTION',
      description: 'Apply CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR',
    },
    config: {
      type: 'string',
      value: 'FILE',
      description: 'Merge the configuration of a container (JSON, as "config" of an image) into the image',
    },
    format: {
      type: 'string',
      short: 'f',
      value: 'FORMAT',
      default: 'oci',
      description: 'Format of manifest and configuration: oci or docker',
    },
    iidfile: { type: 'string', value: 'FILE', description: 'Write the id of the image to a file' },
    'include-volumes': { type: 'boolean', description: "Include the container's volumes as image volumes" },
    message: {
      type: 'string',
      short: 'm',
      value: 'TEXT',
      description: 'Comment of the image, which only the format docker has',
    },
    pause: {
      type: 'boolean',
      short: 'p',
      description: 'Pause the container meanwhile (default: where the machine allows it)',
    },
    quiet: {
      type: 'boolean',
      short: 'q',
      description: 'Do not tell of progress',
    },
    squash: { type: 'boolean', short: 's', description: 'Put all layers into a single one' },
  },
  args: { min: 1, max: 2 },
  async run(ctx, flags, [name = '', reference], output) {
    const format = parseFormat(flags.format);
    if (flags.message !== undefined && format !== 'docker')
      throw new TspodError('usage', 'messages are only compatible with the docker image format (-f docker)');
    if (flags.squash === true && !ctx.hasIds) {
      const { reenter } = await import('../../../runtime/enter');
      return reenter(ctx, process.argv.slice(2));
    }
    const override = readConfig(flags.config);
    for (const change of flags.change) applyChange(override, change);
    const id = await commitContainer(ctx, name, {
      ...{ reference, override, format, author: flags.author, message: flags.message, pause: flags.pause },
      includeVolumes: flags['include-volumes'] ?? false,
      squash: flags.squash ?? false,
      note: flags.quiet === true ? () => undefined : (line) => output.note(line),
    });
    if (flags.iidfile !== undefined) writeFileSync(flags.iidfile, id);
    output.print(id);
  },
});

function parseFormat(text: string): 'oci' | 'docker' {
  if (text === 'oci' || text === 'docker') return text;
  throw new TspodError('usage', `unrecognized image format "${text}"`, { hint: 'use oci or docker' });
}

/** The fields are those of Docker's container configuration. */
function readConfig(path: string | undefined): ImageRunConfig {
  if (path === undefined) return {};
  try {
    return parseObject(readFileSync(path), 'configuration') as ImageRunConfig;
  } catch (error) {
    throw wrapError(`reading the configuration "${path}"`, error);
  }
}
