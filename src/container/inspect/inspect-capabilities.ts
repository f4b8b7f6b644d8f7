import { readFileSync } from 'node:fs';
import type { OciCapabilities } from '../../runtime/oci-spec';
import { capabilitySets, knownCapabilities } from '../capabilities';
import type { Inspected } from './inspect-container';

/** What the program may do at once. */
export function effectiveOf(inspected: Inspected): string[] {
  return setsOf(inspected).effective;
}

/** What any program of the container may come to do. */
export function boundingOf(inspected: Inspected): string[] {
  return setsOf(inspected).bounding;
}

/** Of the last start; before the first, what the options come to. */
function setsOf({ record, spec }: Inspected): OciCapabilities {
  if (spec?.process.capabilities) return spec.process.capabilities;
  const { options, process } = record;
  const user = process.user.split(':')[0] ?? '';
  return capabilitySets({
    add: options.capAdd,
    drop: options.capDrop,
    privileged: options.privileged,
    isRoot: user === '' || user === '0' || user === 'root',
    known: knownCapabilities(Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))),
  });
}
