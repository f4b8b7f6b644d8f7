import type { Problem } from '../problem';
import type { UnitFile, UnitLine } from '../unit-file';

/** The kinds of Quadlet files, by the end of their names. */
export type QuadletKind =
  'container' | 'volume' | 'image' | 'network' | 'build' | 'artifact' | 'kube' | 'pod';

/** One Quadlet file with its drop-ins. */
export interface Quadlet {
  /** `web.container`. */
  name: string;
  path: string;
  kind: QuadletKind;
  unit: UnitFile;
  problems: Problem[];
}

/** What other files may say of a Quadlet file: the unit that is made of it, and what that makes. */
export interface QuadletTarget {
  /** With `.service`. */
  service: string;
  /** The name of the container, volume or image; undefined when systemd alone can tell. */
  resource: string | undefined;
}

/** What units are made for. */
export interface QuadletSetup {
  /** The words that start tspod. */
  program: readonly string[];
  /** Whether the units are a user's; else the system's. */
  isUser: boolean;
  /** What tspod refuses of the command of each kind: options with the reasons, or the whole command with its reason. */
  refusals: Readonly<Record<QuadletKind, ReadonlyMap<string, string> | string>>;
}

/** A file that is being made a unit of. */
export interface Conversion {
  quadlet: Quadlet;
  /** `Container`: the section that Podman's options are made of. */
  section: string;
  setup: QuadletSetup;
  targets: ReadonlyMap<string, QuadletTarget>;
  /** The unit that is made. */
  service: UnitFile;
  problems: Problem[];
  /** The other Quadlet files that are meant, and where. */
  references: { name: string; line: UnitLine }[];
}

/** A key of a Quadlet section. */
export interface QuadletKey {
  name: string;
  /** Whether each line counts, not only the last. */
  repeats: boolean;
  /** The option of the command that it stands for, without dashes. */
  option?: string;
  /** What is wrong with one of its values; undefined when nothing is. */
  check?: (value: string) => string | undefined;
}

/** Keys and the words of the command line that they become. */
export interface QuadletStep {
  keys: readonly QuadletKey[];
  words(conversion: Conversion): readonly string[];
}

/** One unit for systemd. */
export interface GeneratedUnit {
  /** `web.service`. */
  name: string;
  /** The path of the Quadlet file. */
  source: string;
  text: string;
  /** Symbolic links: paths below the folder of units, and what they point at. */
  links: { path: string; target: string }[];
}
