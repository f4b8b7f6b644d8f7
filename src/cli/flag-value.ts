import { splitCommas } from '../lib/split-commas';
import type { OptionDefinition } from './define-command';

/** The value of one option, as a handler gets it. */
export type FlagValue = boolean | number | string | string[];

/** A value, or what is wrong with the text. */
export type ParsedValue = { value: FlagValue } | { problem: string };

const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ '1': true, t: true, T: true, true: true, TRUE: true, True: true },
  ...{ '0': false, f: false, F: false, false: false, FALSE: false, False: false },
};

/** `text` as the value of a boolean, number or string option; numbers are whole, booleans as Go spells them. */
export function parseFlagValue(option: OptionDefinition, text: string): ParsedValue {
  if (option.type === 'boolean') {
    const value = Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
    return value === undefined ? { problem: 'expected true or false' } : { value };
  }
  if (option.type === 'number') {
    const value = parseInteger(text);
    return value === undefined ? { problem: 'expected a whole number' } : { value };
  }
  if (option.choices !== undefined && !option.choices.includes(text)) {
    return { problem: `expected one of ${option.choices.map((choice) => `"${choice}"`).join(', ')}` };
  }
  return { value: text };
}

/** `list` with the value added; with `commas` the text is split at commas as Go's csv reader does. */
export function addListValue(list: string[] | undefined, option: OptionDefinition, text: string): string[] {
  const values = option.commas === true ? splitCommas(text) : [text];
  return list === undefined ? values : [...list, ...values];
}

function parseInteger(text: string): number | undefined {
  if (!/^[+-]?(\d+|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i.test(text)) return undefined;
  const sign = text.startsWith('-') ? -1 : 1;
  const value = sign * Number(text.replace(/^[+-]/, ''));
  return Number.isSafeInteger(value) ? value : undefined;
}
