import { writtenBytes } from '../../../container/rootfs/written-bytes';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';

/** Inspects each name; what is missing is among the failures, in Podman's words for this kind of object. */
export function inspectAll(
  names: readonly string[],
  inspect: (name: string) => object,
  kind: string,
): { found: object[]; failures: unknown[] } {
  const found: object[] = [];
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      found.push(inspect(name));
    } catch (error) {
      if (!(error instanceof TspodError)) throw error;
      failures.push(error.code === 'not-found' ? missing(kind, name, error) : error);
    }
  }
  return { found, failures };
}

/** How much a container has written, by full id. */
export function sizeReader(ctx: Context): (id: string) => number {
  return (id) => writtenBytes(ctx, [id]).get(id) ?? 0;
}

function missing(kind: string, name: string, cause: TspodError): TspodError {
  if (kind === 'image') return cause;
  return new TspodError(
    'not-found',
    kind === 'object' ? `no such object: "${name}"` : `no such ${kind} ${name}`,
    { cause },
  );
}
