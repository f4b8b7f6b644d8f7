/**
 * What a Containerfile says, as data. Sources: the Dockerfile reference of BuildKit's stable frontend (docker/dockerfile:1)
 * and its packages parser, instructions and shell.
 */

import type { RunMount } from './run-mount';

/** Where something stands: what an error about it quotes. */
export interface SourceRange {
  /** As shown in messages; `ONBUILD of IMAGE` for triggers. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in characters of `text`. */
  column: number;
  /** Characters to mark; at least 1. */
  length: number;
  /** The whole line of the file, without its end. */
  text: string;
}

/** A word as written, with quotes and variables. `expandInstruction` makes a `Word` of it. */
export interface RawWord {
  raw: string;
  at: SourceRange;
}

/** A word after expansion. */
export interface Word {
  text: string;
  at: SourceRange;
}

/** A here-document: the lines that follow an instruction, up to its name. */
export interface Heredoc {
  /** The delimiter without quotes and `<<`; `COPY` makes a file of this name. */
  name: string;
  /** Whether variables in it are for the engine: the delimiter was not quoted. */
  expand: boolean;
  /** `<<-`: tabs at the beginnings of lines are gone (already removed in `content`). */
  chomp: boolean;
  /** The descriptor before `<<`; 0 without one. */
  descriptor: number;
  /** As written, expanded only in what `expandInstruction` returned for `COPY` and `ADD`. */
  content: string;
  /** Where `<<NAME` stands. */
  at: SourceRange;
}

/** How a program is given: words, text for the shell, or a script that is a file of its own. */
export type CommandLine =
  | { form: 'exec'; args: string[] }
  /** For `SHELL`'s program; here-documents are part of it already. */
  | { form: 'shell'; text: string }
  /** A here-document that begins with `#!`: a file of mode 0755, mounted at /dev/pipes/NAME and executed. */
  | { form: 'script'; name: string; content: string };

/** What every instruction has. */
interface Base {
  at: SourceRange;
  /** The last line that belongs to it, here-documents included. */
  endLine: number;
  /** On one line, continuations joined, variables as written: for progress and for the history. */
  source: string;
}

/** `FROM [--platform=P] IMAGE [AS NAME]`. */
export interface FromInstruction<W> extends Base {
  kind: 'from';
  image: W;
  platform?: W;
  /** Lower case. */
  name?: string;
}

/** A variable and its value; of `ARG` the value may be missing. */
export interface Pair<W> {
  key: W;
  value: W;
}

/** `ARG NAME[=DEFAULT] ...`. */
export interface ArgInstruction<W> extends Base {
  kind: 'arg';
  args: { name: W; value?: W }[];
}

/** `ENV` and `LABEL`, in both forms. */
export interface PairsInstruction<W> extends Base {
  kind: 'env' | 'label';
  pairs: Pair<W>[];
}

/** What `COPY` and `ADD` have in common. */
interface CopyBase<W> extends Base {
  /** Paths or, for `ADD`, URLs; here-documents are in `heredocs`. */
  sources: W[];
  /** Further sources, each a file of its own name. */
  heredocs: Heredoc[];
  destination: W;
  chown?: W;
  /** Octal or symbolic, as chmod(1). */
  chmod?: W;
  link: boolean;
  /** Patterns, relative to each source. */
  exclude: W[];
}

/** `COPY`. */
export interface CopyInstruction<W> extends CopyBase<W> {
  kind: 'copy';
  /** A stage (name or number), a build context or an image; absent: the context. */
  from?: W;
  parents: boolean;
}

/** `ADD`. */
export interface AddInstruction<W> extends CopyBase<W> {
  kind: 'add';
  /** `sha256:...` of a URL's content; the beginning of a repository's commit. */
  checksum?: W;
  keepGitDir: boolean;
  /** Absent: archives of the context are unpacked, those of URLs are not. */
  unpack?: boolean;
}

/** `RUN`. */
export interface RunInstruction<W> extends Base {
  kind: 'run';
  command: CommandLine;
  /** As parsed only their text is known: every key may have variables. `mountSources` tells where they are from. */
  mounts: (W extends RawWord ? RawWord : RunMount)[];
  network: 'default' | 'none' | 'host';
  security: 'sandbox' | 'insecure';
}

/** `CMD` and `ENTRYPOINT`. */
export interface ProgramInstruction extends Base {
  kind: 'cmd' | 'entrypoint';
  command: CommandLine;
}

/** `USER`, `WORKDIR` and `STOPSIGNAL`. */
export interface ValueInstruction<W> extends Base {
  kind: 'user' | 'workdir' | 'stopsignal';
  value: W;
}

/** `EXPOSE` (ports, ranges, `/PROTOCOL`) and `VOLUME` (paths). One word may expand to several ports. */
export interface ListInstruction<W> extends Base {
  kind: 'expose' | 'volume';
  values: W[];
}

/** `SHELL`. */
export interface ShellInstruction extends Base {
  kind: 'shell';
  args: string[];
}

/** `HEALTHCHECK`. Durations in nanoseconds; absent: the default of the engine. */
export interface HealthcheckInstruction extends Base {
  kind: 'healthcheck';
  /** Absent: `NONE`. */
  command?: CommandLine;
  interval?: number;
  timeout?: number;
  startPeriod?: number;
  startInterval?: number;
  retries?: number;
}

/** `ONBUILD`: was checked, is kept as text. */
export interface OnbuildInstruction extends Base {
  kind: 'onbuild';
  trigger: string;
}

/** `MAINTAINER`, which is the image's author. */
export interface MaintainerInstruction extends Base {
  kind: 'maintainer';
  value: string;
}

/** Every instruction; `W` is `RawWord` as parsed, `Word` after expansion. */
export type Instruction<W = Word> =
  | FromInstruction<W>
  | ArgInstruction<W>
  | PairsInstruction<W>
  | CopyInstruction<W>
  | AddInstruction<W>
  | RunInstruction<W>
  | ProgramInstruction
  | ValueInstruction<W>
  | ListInstruction<W>
  | ShellInstruction
  | HealthcheckInstruction
  | OnbuildInstruction
  | MaintainerInstruction;

/** An instruction as it was parsed. */
export type ParsedInstruction = Instruction<RawWord>;

/** A stage: a `FROM` and what follows it. */
export interface Stage {
  /** From 0. */
  index: number;
  from: FromInstruction<RawWord>;
  /** Without the `FROM`. */
  instructions: ParsedInstruction[];
}

/** Comments at the top that are orders. */
export interface Directives {
  /** The frontend's image; tspod has its own frontend, and takes notice of nothing in it. */
  syntax?: string;
  escape: '\\' | '`';
  /** Of BuildKit's linter. */
  check?: { skip: string[]; error: boolean };
}

/** Something that works and is probably not what was meant. */
export interface BuildWarning {
  message: string;
  at: SourceRange;
}

/** A whole file. */
export interface Containerfile {
  /** As shown in messages. */
  file: string;
  directives: Directives;
  /** The `ARG`s before the first `FROM`. */
  globalArgs: ArgInstruction<RawWord>[];
  /** At least one. */
  stages: Stage[];
  warnings: BuildWarning[];
}

/** Names and values that are in force at an instruction. */
export type Variables = ReadonlyMap<string, string>;
