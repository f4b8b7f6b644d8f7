import type { Command } from './define-command';
import { containerRows } from './table/container-rows';
import { imageRows } from './table/image-rows';
import { machineRows } from './table/machine-rows';
import { objectRows } from './table/object-rows';
import { systemRows } from './table/system-rows';

/** The loader of a command's module: the module is read only when the command is spoken. */
export type LoadCommand = () => Promise<{ default: Command }>;

/** One command that Podman has or that is tspod's own. Without `load` it is refused by name. */
export interface CommandRow {
  /** The full path: `container run`, `system connection add`. */
  path: string;
  /** Other paths of the same command: `run`. */
  aliases?: readonly string[];
  summary: string;
  load?: LoadCommand;
  /** What to use instead of a command without `load`, or why there is no need of it. */
  instead?: string;
  /** Not in the list of commands. */
  hidden?: boolean;
}

/** A word that has commands below it: `container`, `system connection`. */
export interface GroupRow {
  path: string;
  summary: string;
  description?: string;
  /** Not in the list of commands: there for those who type it. */
  hidden?: boolean;
}

/** A module is read only when its table is looked through: most commands stand in the first ones. */
const tables: readonly (() => readonly CommandRow[])[] = [
  () => containerRows,
  () => imageRows,
  () => objectRows,
  () => systemRows,
  () => machineRows,
];

/** Every command of Podman 5.4 to 6.2, and tspod's own, in the order of the help. */
export function commandRows(): CommandRow[] {
  return tables.flatMap((rows) => rows());
}

/** Every group of commands. */
export const groupRows: readonly GroupRow[] = [
  { path: 'artifact', summary: 'Manage OCI artifacts' },
  { path: 'builder', summary: 'Build images', hidden: true },
  { path: 'buildx', summary: 'Build images', hidden: true },
  { path: 'container', summary: 'Manage containers' },
  { path: 'context', summary: 'Manage remote API service destinations', hidden: true },
  { path: 'farm', summary: 'Farm out builds to remote machines' },
  { path: 'generate', summary: 'Generate structured data based on containers, pods or volumes' },
  { path: 'healthcheck', summary: 'Manage health checks on containers' },
  { path: 'image', summary: 'Manage images' },
  { path: 'image trust', summary: 'Manage container image trust policy' },
  { path: 'kube', summary: 'Play containers, pods or volumes from a structured file' },
  { path: 'machine', summary: 'Manage a virtual machine' },
  { path: 'machine os', summary: "Manage a virtual machine's operating system" },
  { path: 'manifest', summary: 'Manipulate manifest lists and image indexes' },
  { path: 'network', summary: 'Manage networks' },
  {
    path: 'pod',
    summary: 'Manage pods',
    description: 'Pods are groups of containers that share network, process and ipc namespaces.',
  },
  { path: 'quadlet', summary: 'Manage Quadlet files of the user' },
  { path: 'secret', summary: 'Manage secrets' },
  { path: 'system', summary: 'Manage tspod' },
  { path: 'system connection', summary: 'Manage remote API service destinations' },
  {
    path: 'volume',
    summary: 'Manage volumes',
    description: 'Volumes are made apart from containers and shared by them.',
  },
];

/** The command that `path` or an alias names: `run`, `container run`; undefined when there is none. */
export function findCommand(path: string): CommandRow | undefined {
  for (const rows of tables) {
    const found = rows().find((row) => row.path === path || row.aliases?.includes(path) === true);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The group that `path` names; the empty path is no group. */
export function findGroup(path: string): GroupRow | undefined {
  return groupRows.find((row) => row.path === path);
}

/** The words that may follow `group` (empty for the top level), with their summaries, sorted. */
export function wordsOf(group: string): { word: string; summary: string; ready: boolean }[] {
  const prefix = group === '' ? '' : `${group} `;
  const words = new Map<string, { word: string; summary: string; ready: boolean }>();
  const add = (path: string, summary: string, ready: boolean): void => {
    const word = path.slice(prefix.length);
    if (!path.startsWith(prefix) || word === '' || word.includes(' ')) return;
    words.set(word, { word, summary, ready });
  };
  for (const row of commandRows()) {
    if (row.hidden === true) continue;
    for (const path of [row.path, ...(row.aliases ?? [])]) add(path, row.summary, row.load !== undefined);
  }
  for (const row of groupRows) {
    if (row.hidden !== true) add(row.path, row.summary, hasCommands(row.path));
  }
  return [...words.values()].sort((a, b) => (a.word < b.word ? -1 : 1));
}

/** Whether a command of the group can be used. */
function hasCommands(group: string): boolean {
  return commandRows().some(
    ({ path, aliases = [], load }) =>
      load !== undefined && [path, ...aliases].some((each) => each.startsWith(`${group} `)),
  );
}
