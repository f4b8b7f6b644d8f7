import { completeWords } from '../../complete/completion';
import { defineCommand } from '../../define-command';

/** What the completion scripts call: the words that may stand in the place of the last argument. */
export default defineCommand({
  summary: 'Answer a completion script',
  usage: '[options] -- WORD...',
  options: { 'no-desc': { type: 'boolean', description: 'Without descriptions' } },
  args: { min: 0 },
  storeless: true,
  async run(ctx, flags, args, output) {
    for (const { word, description } of await completeWords(ctx, args)) {
      const told = flags['no-desc'] === true || description === undefined ? '' : `\t${description}`;
      output.print(`${word}${told}`);
    }
  },
});
