import type { AskForName } from '../image/name/short-name';
import { TspodError } from '../lib/errors';
import { askLine } from './ask';
import type { Output } from './define-command';
import { isTerminal } from './output';

/** Lets the user choose one of several full names of an image; undefined where no terminal is there to ask on. */
export function nameAsker(output: Output): AskForName | undefined {
  if (!isTerminal(0) || !isTerminal(1)) return undefined;
  return async (names) => {
    output.note('Please select an image:');
    for (const [index, name] of names.entries()) output.note(`  ${index + 1}. ${name}`);
    for (;;) {
      const answer = (await askLine(`Number [1]: `))?.trim();
      if (answer === undefined) throw new TspodError('usage', 'no image was selected');
      const chosen = names[answer === '' ? 0 : Number(answer) - 1] ?? names.find((name) => name === answer);
      if (chosen !== undefined) return chosen;
      output.note(`"${answer}" is none of 1 to ${names.length}`);
    }
  };
}
