import { writeFileSync } from 'node:fs';
import { defineCommand } from '../../define-command';
import { TspodError, wrapError } from '../../../lib/errors';
import { completionScripts } from '../../complete/completion-script';

/** `tspod completion bash|zsh|fish`. */
export default defineCommand({
  summary: 'Print the completion script of a shell',
  usage: '[options] bash|zsh|fish',
  description: 'The script asks tspod itself for the words, so it never needs an update.',
  options: {
    file: {
      type: 'string',
      short: 'f',
      value: 'FILE',
      description: 'Write to this file instead of standard output',
    },
    'no-desc': { type: 'boolean', description: 'Without descriptions' },
  },
  args: { min: 1, max: 1 },
  examples: [
    'source <(tspod completion bash)',
    'tspod completion -f ~/.config/fish/completions/tspod.fish fish',
  ],
  storeless: true,
  run(_ctx, flags, [shell = ''], output) {
    const make = completionScripts[shell];
    if (make === undefined) {
      throw new TspodError('usage', `unknown shell "${shell}": expected one of bash, zsh, fish`);
    }
    const script = make(flags['no-desc'] === true);
    if (flags.file === undefined) return output.write(script);
    try {
      writeFileSync(flags.file, script);
    } catch (error) {
      throw wrapError('writing the completion script', error);
    }
  },
});
