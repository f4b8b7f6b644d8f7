import { createContainer } from '../../../container/create/create';
import { writeIdFile } from '../../../container/create/create-files';
import { defineCommand } from '../../define-command';
import { CONTAINER_OPTIONS } from '../../options/container/container-options';
import { imageFetch } from '../../options/container/image-fetch';
import { prepareCreate, typedCommand } from '../../options/container/prepare-create';

/** `tspod create`. */
export default defineCommand({
  summary: 'Create but do not start a container',
  usage: '[options] IMAGE [COMMAND [ARG...]]',
  description:
    'Makes a container from an image and prints its id; "tspod start" runs it. The options are those of "tspod run".',
  examples: ['tspod create --name box busybox sleep 100', 'tspod create -it --name shell busybox sh'],
  options: {
    ...CONTAINER_OPTIONS,
    attach: {
      type: 'list',
      short: 'a',
      description: 'Attach standard streams',
      refuse: '"tspod start --attach" does',
    },
    'init-ctr': { type: 'string', description: 'Init container of a pod', refuse: 'there are no pods yet' },
  },
  args: { min: 1 },
  interspersed: false,
  async run(ctx, flags, args, output) {
    const options = await prepareCreate(ctx, flags, args);
    const fetch = imageFetch(ctx, flags, output);
    const record = await createContainer(ctx, options, typedCommand(), { fetch, replace: flags.replace });
    writeIdFile(options, record.id);
    output.print(record.id);
  },
});
