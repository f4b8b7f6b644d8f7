import type { Context } from '../../lib/context';
import type { OciCapabilities } from '../../runtime/oci-spec';
import { capabilitiesHere, capabilitySets } from '../capabilities';
import type { Inspected } from './inspect-container';

/** What the program may do at once, and what any program of the container may come to do. */
export function inspectCapabilities(ctx: Context, inspected: Inspected): object {
  const { effective, bounding } = setsOf(ctx, inspected);
  return { EffectiveCaps: effective, BoundingCaps: bounding };
}

/** Of the last start; before the first, what the options come to. */
function setsOf(ctx: Context, { record, spec }: Inspected): OciCapabilities {
  if (spec?.process.capabilities) return spec.process.capabilities;
  const { options, process } = record;
  const user = process.user.split(':')[0] ?? '';
  return capabilitySets({
    base: options.defaultCapabilities,
    add: options.capAdd,
    drop: options.capDrop,
    privileged: options.privileged,
    isRoot: user === '' || user === '0' || user === 'root',
    known: capabilitiesHere(ctx.uid),
  });
}
