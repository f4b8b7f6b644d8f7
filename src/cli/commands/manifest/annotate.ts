import { annotateIndex, annotateList } from '../../../image/manifest-list/edit-list';
import { TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { listedOptions, osFeaturesOption, parseListChange } from '../../options/list-options';

/** `tspod manifest annotate`. */
export default defineCommand({
  summary: 'Add or update information about an entry of a manifest list',
  usage: '[options] LIST IMAGE',
  description:
    'Changes what a list says of an image on it, which is named by its digest or by its name in the store, and prints the id of the list. With --index the annotations are those of the list itself.',
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
      description: 'What the list refers to',
      refuse: 'lists refer to their images only',
    },
  },
  args: { min: 1, max: 2 },
  run(ctx, flags, [name = '', image], output) {
    const change = parseListChange(flags);
    if (flags.index) {
      if (image !== undefined)
        throw new TspodError('usage', '--index changes the list: no image can be named');
      if (Object.keys(change.platform ?? {}).length > 0) {
        throw new TspodError('usage', '--index: a list has no platform of its own');
      }
      return output.print(annotateIndex(ctx, name, change.annotations ?? {}));
    }
    if (image === undefined) throw new TspodError('usage', 'expected an instance digest or image name');
    output.print(annotateList(ctx, name, image, change));
  },
});
