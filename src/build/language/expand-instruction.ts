import { expandMount } from './expand-mount';
import { expandText } from './expand-text';
import { languageError } from './language-error';
import type {
  AddInstruction,
  CopyInstruction,
  Heredoc,
  Instruction,
  ParsedInstruction,
  RawWord,
  RunInstruction,
  SourceRange,
  Variables,
  Word,
} from './types';

/** How instructions are expanded. */
export interface Expansion {
  variables: Variables;
  /** That of the file. */
  escape: '\\' | '`';
  /** Told of a variable that has no value. */
  onUnset?(name: string, at: SourceRange): void;
}

/**
 * An instruction with the values of variables in its words, by the rules of each: `RUN`, `CMD`, `ENTRYPOINT`, `SHELL`,
 * `HEALTHCHECK`, `ONBUILD` stay as they are, except for the mounts of `RUN`. Error `invalid`: `${x:?message}`, quotes that are
 * not closed, a malformed mount or port.
 */
export function expandInstruction(instruction: ParsedInstruction, expansion: Expansion): Instruction {
  const word = (raw: RawWord) => expandWord(raw, expansion);
  switch (instruction.kind) {
    case 'from': {
      const { platform, ...rest } = instruction;
      return { ...rest, image: word(instruction.image), ...optional('platform', platform, word) };
    }
    case 'arg':
      return {
        ...instruction,
        args: instruction.args.map(({ name, value }) => ({
          name: word(name),
          ...optional('value', value, word),
        })),
      };
    case 'env':
    case 'label':
      return {
        ...instruction,
        pairs: instruction.pairs.map(({ key, value }) => ({ key: word(key), value: word(value) })),
      };
    case 'copy':
    case 'add':
      return expandCopy(instruction, expansion);
    case 'run':
      return expandRun(instruction, expansion);
    case 'user':
    case 'workdir':
    case 'stopsignal':
      return { ...instruction, value: word(instruction.value) };
    case 'expose':
      return { ...instruction, values: instruction.values.flatMap((raw) => expandPorts(raw, expansion)) };
    case 'volume':
      return { ...instruction, values: instruction.values.map(word) };
    default:
      return instruction;
  }
}

/** One word with the values of its variables, without its quotes. Error `invalid`. */
export function expandWord(raw: RawWord, expansion: Expansion): Word {
  return { text: expandRaw(raw, expansion).text, at: raw.at };
}

function expandRaw({ raw, at }: RawWord, { variables, escape, onUnset }: Expansion) {
  try {
    const expanded = expandText(raw, variables, { escape });
    if (onUnset) expanded.unset.forEach((name) => onUnset(name, at));
    return expanded;
  } catch (error) {
    throw languageError(at, (error as Error).message);
  }
}

function optional<K extends string>(
  key: K,
  raw: RawWord | undefined,
  word: (raw: RawWord) => Word,
): { [key in K]?: Word } {
  return (raw === undefined ? {} : { [key]: word(raw) }) as { [key in K]?: Word };
}

function expandCopy(
  instruction: CopyInstruction<RawWord> | AddInstruction<RawWord>,
  expansion: Expansion,
): Instruction {
  const word = (raw: RawWord) => expandWord(raw, expansion);
  const shared = {
    sources: instruction.sources.map(word),
    heredocs: instruction.heredocs.map((heredoc) => expandHeredoc(heredoc, expansion)),
    destination: word(instruction.destination),
    exclude: instruction.exclude.map(word),
    ...optional('chown', instruction.chown, word),
    ...optional('chmod', instruction.chmod, word),
  };
  if (instruction.kind === 'copy') {
    const { chown: _chown, chmod: _chmod, from, ...rest } = instruction;
    return { ...rest, ...shared, ...optional('from', from, word) };
  }
  const { chown: _chown, chmod: _chmod, checksum, ...rest } = instruction;
  return { ...rest, ...shared, ...optional('checksum', checksum, word) };
}

/** In documents quotes are characters like others, and only `\` escapes. */
function expandHeredoc(heredoc: Heredoc, { variables }: Expansion): Heredoc {
  if (!heredoc.expand) return heredoc;
  try {
    const { text } = expandText(heredoc.content, variables, { escape: '\\', skipQuotes: true });
    return { ...heredoc, content: text };
  } catch (error) {
    throw languageError(heredoc.at, `in the here-document "${heredoc.name}": ${(error as Error).message}`);
  }
}

function expandRun(instruction: RunInstruction<RawWord>, expansion: Expansion): Instruction {
  const mounts = instruction.mounts.map((mount) =>
    expandMount(mount, (raw) => expandWord({ raw, at: mount.at }, expansion).text),
  );
  return { ...instruction, mounts };
}

/** One word may become several ports. */
function expandPorts(raw: RawWord, expansion: Expansion): Word[] {
  return expandRaw(raw, expansion).words.map((text) => {
    if (isPort(text)) return { text: text.toLowerCase(), at: raw.at };
    throw languageError(
      raw.at,
      `"${text}" is no port`,
      'expected a number up to 65535 or a range, as in 80, 53/udp or 8000-8010/tcp',
    );
  });
}

function isPort(text: string): boolean {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(?:tcp|udp|sctp))?$/i.exec(text) ?? [];
  return first !== '' && Number(first) <= Number(last) && Number(last) <= 65535;
}
