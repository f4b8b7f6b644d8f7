import { escapeSpecial, quoteWord } from '../unit-words';
import { type CreateOption, type CreateWords, isSet, valueOf } from './create-words';
import type { ServiceOptions, ServiceSubject } from './types';

/** Where the id of the container of a service is kept. */
export const ID_FILE = '--cidfile=%t/%n.ctr-id';

/** The words with which a service makes and runs its container anew. */
export function startWords(words: CreateWords, options: ServiceOptions, service: string): string[] {
  const kept = words.options.filter((option) => !isReplaced(option));
  const added = ['--sdnotify=conmon', '-d', '--replace'].filter((word) => isAdded(words, word));
  const notify = valueOf(words, 'sdnotify');
  const others = kept.filter((option) => {
    if (option.name === 'sdnotify') return notify !== 'ignore';
    if (option.name === 'detach') return isSet(words, 'detach') || isCluster(option);
    return option.name !== 'replace' || isSet(words, 'replace');
  });
  return [
    ...options.program,
    ...words.global.map(escapeWord),
    ...['run', ...templateName(words, options, service), ID_FILE, '--cgroups=no-conmon', '--rm', ...added],
    ...others.flatMap((option) => optionWords(option, options.isTemplate)),
    ...words.rest.map(escapeWord),
  ];
}

/** `Environment=` lines for variables that the command takes from its caller, with the values they had. */
export function inheritedVariables({ options }: CreateWords, { env }: ServiceSubject): string[] {
  return options
    .filter(({ name, value }) => name === 'env' && !value.includes('='))
    .flatMap(({ value }) => env.filter((entry) => entry.startsWith(`${value}=`)))
    .map(escapeWord);
}

/** Words as one value; each word with a dash at its beginning gets a line of its own. */
export function joinLines(words: readonly string[]): string {
  return words
    .map((word, index) => (index === 0 ? word : word.startsWith('-') ? ` \\\n\t${word}` : ` ${word}`))
    .join('');
}

/** A word that means itself, in double quotes where it needs them. */
export function escapeWord(word: string): string {
  const escaped = escapeSpecial(word);
  return /[\s"'\\]/.test(escaped) || escaped === '' ? quoteWord(escaped) : escaped;
}

/** What the service itself says. */
function isReplaced({ name }: CreateOption): boolean {
  return (
    name === 'rm' ||
    name === 'cidfile' ||
    name === 'cgroups' ||
    name === 'restart' ||
    name === 'conmon-pidfile'
  );
}

function isAdded(words: CreateWords, word: string): boolean {
  if (word === '-d') return !isSet(words, 'detach');
  if (word === '--replace') return valueOf(words, 'name') !== undefined && !isSet(words, 'replace');
  const notify = valueOf(words, 'sdnotify');
  return notify === undefined || notify === 'ignore';
}

function isCluster({ words }: CreateOption): boolean {
  return /^-[^-]./.test(words[0] ?? '');
}

function templateName(words: CreateWords, { isTemplate }: ServiceOptions, service: string): string[] {
  return isTemplate && valueOf(words, 'name') === undefined ? [`--name=${escapeWord(service)}-%i`] : [];
}

function optionWords({ name, words }: CreateOption, isTemplate: boolean): string[] {
  const escaped = words.map(escapeWord);
  if (name !== 'name' || !isTemplate) return escaped;
  return [...escaped.slice(0, -1), `${escaped.at(-1)}-%i`];
}
