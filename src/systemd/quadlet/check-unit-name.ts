import { problemAt, problemOf } from '../problem';
import { lastLineOf } from '../unit-file';
import { SECTIONS, serviceNameOf } from './kinds';
import type { Conversion } from './types';
import { isUnitName } from './unit-name';

/** A file whose unit could not have its name is not valid: the unit that tells so has an escaped one. */
export function checkUnitName({ quadlet, problems }: Conversion): void {
  const name = serviceNameOf(quadlet);
  if (isUnitName(name)) return;
  const line = lastLineOf(quadlet.unit, SECTIONS[quadlet.kind], 'ServiceName');
  const message = `${JSON.stringify(name)} cannot be the name of a unit: letters, digits and :_.\\@- may be in it, 255 at most`;
  problems.push(line === undefined ? problemOf(quadlet.path, message) : problemAt(line, message));
}
