import type { TreeChange } from '../../runtime/layer-tree';
import type { Output } from '../define-command';

/** Prints changes one a line, as JSON, or each through a Go template over `.Kind` and `.Path`. */
export async function printChanges(
  output: Output,
  changes: readonly TreeChange[],
  format: string | undefined,
): Promise<void> {
  if (format === undefined || format === '') return printLines(output, changes);
  if (format === 'json') return output.print(JSON.stringify(byKind(changes), null, 5));
  const { renderRows } = await import('./format');
  const rows = changes.map(({ kind, path }) => ({ Kind: kind, Path: path.toString() }));
  output.write(renderRows(rows, { name: 'diff', format, headers: {} }));
}

/** Names are bytes: they pass as they are. */
function printLines(output: Output, changes: readonly TreeChange[]): void {
  const parts = changes.flatMap(({ kind, path }) => [Buffer.from(`${kind} `), path, Buffer.from('\n')]);
  output.write(Buffer.concat(parts));
}

/** Kinds without a path are left out, as in Podman. */
function byKind(changes: readonly TreeChange[]): Record<string, string[]> {
  const names = { C: 'changed', A: 'added', D: 'deleted' } as const;
  const lists: Record<string, string[]> = {};
  for (const kind of ['C', 'A', 'D'] as const) {
    const paths = changes.filter((change) => change.kind === kind).map(({ path }) => path.toString());
    if (paths.length > 0) lists[names[kind]] = paths;
  }
  return lists;
}
