import { defaultProfile } from '../seccomp/default-profile';
import { readProfile } from '../seccomp/read-profile';
import type { OciSeccomp } from '../../runtime/oci-spec';
import type { ContainerOptions } from '../record';

/** The filter for a container whose programs have at most these capabilities; undefined: none. Throws 'invalid'. */
export function seccompOf(
  { privileged, security }: ContainerOptions,
  capabilities: readonly string[],
): OciSeccomp | undefined {
  if (security.seccomp === 'unconfined') return undefined;
  if (security.seccomp !== undefined) return readProfile(security.seccomp, capabilities);
  return privileged ? undefined : defaultProfile(capabilities);
}
