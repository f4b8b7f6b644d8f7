import { parseMountOptions } from './mount-flags';
import type { Plan } from './plan';

/** A file system that several containers share: it is mounted with the first, and unmounted with the last. */
export interface SharedMount {
  /** Where it is seen, in the mount namespace of each of them. */
  target: string;
  /** The directory of its lock and its socket. */
  place: string;
  /** What is mounted: an image by programs (without `check`, something else by a program), or what the kernel mounts. */
  what:
    | { type: 'fuse'; check?: string; image: string; argv: readonly string[] }
    | {
        type: string;
        source: string;
        options: readonly string[];
        /** Where names in them begin. */ directory?: string;
      };
  /** A directory in it that is seen instead of the whole, and what it is like when it is made. */
  part?: { name: string; mode: number; uid: number; gid: number };
}

/** Adds the op; it is carried out before all others. */
export function addSharedMount(plan: Plan, { target, place, what, part }: SharedMount): void {
  const { name = '', mode = 0, uid = 0, gid = 0 } = part ?? {};
  plan.add('SHARED_MOUNT', target, what.type, place, name, mode, uid, gid, ...argumentsOf(what));
}

function argumentsOf(what: SharedMount['what']): string[] {
  if ('image' in what) return [what.check ?? '', what.image, ...what.argv];
  const { flags, data } = parseMountOptions(what.options);
  return [String(flags), what.source, data, ...(what.directory === undefined ? [] : [what.directory])];
}
