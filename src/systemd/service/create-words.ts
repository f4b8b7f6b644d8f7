import { TspodError } from '../../lib/errors';

/** The options of `run` and `create` that matter to a service. */
const MEANT = {
  detach: { short: 'd' },
  replace: { short: '' },
  rm: { short: '' },
  name: { short: '' },
  env: { short: 'e' },
  sdnotify: { short: '' },
  restart: { short: '' },
  cidfile: { short: '' },
  cgroups: { short: '' },
  'conmon-pidfile': { short: '' },
} as const;

type MeantName = keyof typeof MEANT;

/** The words of the command that made a container, taken apart. */
export interface CreateWords {
  /** Options of tspod itself, before the command. */
  global: string[];
  /** The options of the command, each with its value. */
  options: CreateOption[];
  /** The image and what follows it. */
  rest: string[];
}

/** One option, or a cluster of short ones. */
export interface CreateOption {
  words: string[];
  /** Undefined for those that do not matter to a service. */
  name: MeantName | undefined;
  value: string;
}

/**
 * Takes apart the words that made a container. `takesValue` says of an option, long or short and without dashes, whether a word
 * follows it. Throws 'invalid' when there is neither `run` nor `create` among the words.
 */
export function splitCreateWords(
  words: readonly string[],
  takesValue: (option: string) => boolean,
): CreateWords {
  const command = words.findIndex((word) => word === 'run' || word === 'create');
  if (command < 0)
    throw new TspodError('invalid', `"${words.join(' ')}" is no command that makes a container`);
  const global = words.slice(1, command).filter((word) => word !== 'container');
  const options: CreateOption[] = [];
  let at = command + 1;
  while (at < words.length && /^-./.test(words[at] as string) && words[at] !== '--') {
    const option = readOption(words, at, takesValue);
    options.push(option);
    at += option.words.length;
  }
  return { global, options, rest: words.slice(at) };
}

function readOption(
  words: readonly string[],
  at: number,
  takesValue: (option: string) => boolean,
): CreateOption {
  const word = words[at] as string;
  const next = words[at + 1];
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
  if (long) {
    const [, option = '', value] = long;
    const name = option in MEANT ? (option as MeantName) : undefined;
    if (value !== undefined || !takesValue(option) || next === undefined)
      return { words: [word], name, value: value ?? '' };
    return { words: [word, next], name, value: next };
  }
  // in a cluster of short options the first that takes a value takes the rest of the word, or the next word
  const letters = [...word.slice(1)];
  const taker = letters.findIndex((letter) => takesValue(letter));
  const flags = letters.slice(0, taker < 0 ? letters.length : taker);
  const named = taker === 0 ? letters[0] : flags.includes('d') ? 'd' : undefined;
  const name = (Object.keys(MEANT) as MeantName[]).find((each) => MEANT[each].short === named);
  if (taker < 0) return { words: [word], name, value: '' };
  const inside = letters.slice(taker + 1).join('');
  if (inside !== '' || next === undefined) return { words: [word], name, value: inside.replace(/^=/, '') };
  return { words: [word, next], name, value: next };
}

/** Whether a boolean option is given and not `=false`. */
export function isSet({ options }: CreateWords, name: MeantName): boolean {
  const last = options.findLast((option) => option.name === name);
  return last !== undefined && last.value !== 'false';
}

/** The last value of an option; undefined when it is not given. */
export function valueOf({ options }: CreateWords, name: MeantName): string | undefined {
  return options.findLast((option) => option.name === name)?.value;
}
