import { TspodError } from '../../lib/errors';

/** A container whose volumes another one gets. */
export interface VolumesFrom {
  /** Name or id, as typed. */
  container: string;
  /** Absent: as the container has them. */
  readOnly?: boolean;
}

/** Parses `--volumes-from`: `CONTAINER[:ro|rw,z]`. Throws 'usage' in Podman's words. */
export function parseVolumesFrom(text: string): VolumesFrom {
  const colon = text.indexOf(':');
  const words = colon < 0 ? [] : text.slice(colon + 1).split(',');
  const unknown = words.find((word) => !['ro', 'rw', 'z'].includes(word));
  if (unknown !== undefined)
    throw usage(
      `invalid option "${unknown}" specified - volumes from another container can only use z,ro,rw options`,
    );
  const access = words.filter((word) => word !== 'z');
  if (access.length > 1) throw usage('cannot set ro or rw options more than once');
  const container = colon < 0 ? text : text.slice(0, colon);
  if (container === '') throw usage(`--volumes-from "${text}": a name or id is missing`);
  return { container, ...(access[0] === undefined ? {} : { readOnly: access[0] === 'ro' }) };
}

function usage(message: string): TspodError {
  return new TspodError('usage', message);
}
