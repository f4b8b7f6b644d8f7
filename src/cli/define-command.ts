import type { Context } from '../lib/context';

/**
 * One option. `boolean` takes no value (but `--flag=false` is accepted), `string` one, `list` may be repeated,
 * `number` is an integer. `optional` is the value that a `string` has when it is given without `=value`.
 */
export interface OptionDefinition {
  type: 'boolean' | 'string' | 'number' | 'list';
  short?: string;
  /** Shown in the help instead of the type: `--name NAME`. */
  value?: string;
  description: string;
  default?: boolean | string | number;
  optional?: string;
  choices?: readonly string[];
  /** A list whose values are split at commas too: `--cap-add a,b`. */
  commas?: boolean;
  /** Further long names that mean the same: `net` of `network`. */
  aliases?: readonly string[];
  /** Not in the help. */
  hidden?: boolean;
  /** Known, but not supported: refused by name with this reason. */
  refuse?: string;
}

export type OptionTable = Record<string, OptionDefinition>;

/** The value that an option has in a handler. */
type OptionValue<O extends OptionDefinition> = O['type'] extends 'boolean'
  ? boolean | (O extends { default: boolean } ? never : undefined)
  : O['type'] extends 'list'
    ? string[]
    : O['type'] extends 'number'
      ? number | (O extends { default: number } ? never : undefined)
      : string | (O extends { default: string } ? never : undefined);

/** What a handler gets: an absent option is undefined (or its default), an absent list is empty. */
export type Flags<T extends OptionTable> = { [K in keyof T]: OptionValue<T[K]> };

/** A handler's way to the user. Results go to `out`, everything else to `error`. */
export interface Output {
  /** A line on standard output. */
  print(line: string): void;
  /** Text on standard output as it is. */
  write(text: string | Uint8Array): void;
  /** A line on standard error. */
  note(line: string): void;
  /** Whether standard output is a terminal. */
  isTerminal: boolean;
}

/** How many positional arguments there may be; without `max` any number from `min` on. */
export interface ArgumentCount {
  min: number;
  max?: number;
  /** The message when there are fewer, where Podman has its own: `image name or ID must be specified`. */
  missing?: string;
}

/** One command, all that the framework needs to know of it. */
export interface Command<T extends OptionTable = OptionTable> {
  /** One line, an imperative: `Remove one or more containers`. */
  summary: string;
  /** What follows the command's name in its usage line: `[options] CONTAINER [CONTAINER...]`. */
  usage: string;
  /** Paragraphs for the help and the manual page. */
  description?: string;
  /** Command lines for the help and the manual page. */
  examples?: readonly string[];
  options: T;
  /** The numbers of positional arguments that are accepted. */
  args: ArgumentCount;
  /** False: everything after the first positional argument belongs to the program (`run`, `exec`). */
  interspersed?: boolean;
  /** Runs inside the common user namespace, with all of the user's subordinate ids. */
  userns?: boolean;
  /** Needs nothing of the store: works also where that is of a newer format. */
  storeless?: boolean;
  /** containers.conf is read before it runs. */
  configured?: boolean;
  /** Returns the exit status; nothing means 0. */
  run(ctx: Context, flags: Flags<T>, args: string[], output: Output): Promise<number | void> | number | void;
}

/** A command as a value; the only use of this function is that the types of its flags are inferred. */
export function defineCommand<const T extends OptionTable>(command: Command<T>): Command<T> {
  return command;
}

/** A group of options that several commands share, as a value; their types stay as they are written. */
export function defineOptions<const T extends OptionTable>(options: T): T {
  return options;
}
