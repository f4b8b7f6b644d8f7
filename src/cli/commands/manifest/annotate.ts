import { annotateIndex, annotateList } from '../../../image/manifest-list/edit-list';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { listedOptions, osFeaturesOption, parseListChange } from '../../options/list-options';

/** `tspod manifest annotate`. */
export default defineCommand({
  summary: 'Add or update information about an entry of a manifest list',
  usage: '[options] LIST IMAGE',
  description:
    'Changes what a list says of an image on it, which is named by its digest or by its name in the store, and prints the id of the list. With --index the annotations, and the subject, are those of the list itself.',
  examples: [
    'tspod manifest annotate --arch arm --variant v7 web:1.2 "$DIGEST"',
    'tspod manifest annotate --index --annotation team=web web:1.2',
  ],
  options: {
    ...listedOptions,
    index: { type: 'boolean', default: false, description: 'Set the annotations of the list itself' },
    ...osFeaturesOption,
    subject: {
      type: 'string',
      value: 'IMAGE',
      description: 'What the list itself refers to, with --index: an image or a list',
    },
  },
  args: { min: 1, max: 2 },
  async run(ctx, flags, [name = '', image], output) {
    const change = parseListChange(flags);
    if (flags.index) {
      if (image !== undefined)
        throw new TspodError('usage', '--index changes the list: no image can be named');
      if (Object.keys(change.platform ?? {}).length > 0) {
        throw new TspodError('usage', '--index: a list has no platform of its own');
      }
      const { subject } = flags;
      const index = { annotations: change.annotations ?? {}, ...(subject ? { subject } : {}) };
      return output.print(await annotateIndex(ctx, name, index));
    }
    if (flags.subject)
      throw new TspodError('usage', '--subject is one of the list itself: use it with --index');
    if (image === undefined) throw new TspodError('usage', 'expected an instance digest or image name');
    output.print(annotateList(ctx, name, image, change));
  },
});
