/** What went wrong, from the words of a message; the first that fits counts. */
const CLASSES: readonly [name: string, words: RegExp][] = [
  ['option', /unknown (shorthand )?flag|flag needs an argument|bad flag syntax/],
  ['command', /unrecognized command|missing command/],
  [
    'conflict',
    /mutually exclusive|can ?not be (used|set|specified|given|combined)|conflict|cannot (specify|set|use|be)|can only be (used|set)|incompatible|none of the others can be|only one of|not both|together|cannot join \d+ networks|requires the|can not (be|use)|may not be/,
  ],
  [
    'arguments',
    /takes no arguments|requires? (at least|exactly|a|an|one)|accepts (at most|between|\d)|must (specify|provide|be at least)|too (many|few)|no (name|containers?|images?|volumes?|names or ids) (or id )?(specified|provided|given|was)|you must|you need|need to|needs? (at least|a|an|to)|at least (one|two)|not enough|provide one or more/i,
  ],
  [
    'taken',
    /already (in use|exists|mounted|used)|is in use|in use by|being used|has (dependent|children)|is used by|UNIQUE constraint/,
  ],
  [
    'missing',
    /no such|not found|does not exist|unable to find|not known|no (container|image|volume|secret) (with|matching)|could not (find|be found)|is missing|ENOENT|cannot find|not exist/i,
  ],
  [
    'state',
    /is (not )?running|not (running|paused|created|stopped)|state improper|is (paused|stopped)|can only|cannot .* (running|stopped)/,
  ],
];

/** The class of the last error that `stderr` tells of; undefined when there is none. `value`: something is malformed. */
export function errorClass(stderr: string): string | undefined {
  const line = stderr
    .split('\n')
    .filter((each) => each.startsWith('Error: '))
    .at(-1);
  if (line === undefined) return undefined;
  return CLASSES.find(([, words]) => words.test(line))?.[0] ?? 'value';
}
