import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { OciCapabilities, OciProcess, OciSpec } from '../../runtime/oci-spec';
import { capabilitiesHere, capabilitySets } from '../capabilities';
import { loadRecord } from '../find';
import type { ContainerRecord } from '../record';
import { resolveUser, type ResolvedUser, type UserFiles } from '../create/user-lookup';
import type { ExecOptions } from './exec-container';
import { execFailure } from './exec-failure';
import { userFilesOf } from './user-files';

/** The process `own` as another user of the container, or with the capabilities of a privileged one. */
export function asOtherUser(
  ctx: Context,
  id: string,
  { own, options, spec }: { own: OciProcess; options: ExecOptions; spec: OciSpec },
): OciProcess {
  const record = loadRecord(ctx, id);
  const isNamed = options.user !== undefined && options.user !== '';
  const user = isNamed ? namedUser(options, userFilesOf(ctx, record, spec)) : undefined;
  const uid = user?.uid ?? own.user.uid;
  return {
    ...own,
    capabilities: capabilitiesOf(ctx, record, { uid, privileged: options.privileged }),
    ...(user ? { user: ids(own, user), env: withHome(own.env, record, user) } : {}),
    ...(options.privileged ? { noNewPrivileges: false } : {}),
  };
}

/** With the groups of /etc/group alone: those of --group-add are for the container's own user. */
function namedUser(options: ExecOptions, files: UserFiles): ResolvedUser {
  try {
    return resolveUser(options.user ?? '', [], files);
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    const { code, message, hint } = error;
    throw new TspodError(code, message, {
      exitCode: execFailure(options),
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function ids(own: OciProcess, { uid, gid, groups }: ResolvedUser): OciProcess['user'] {
  const { umask } = own.user;
  return {
    uid,
    gid,
    ...(umask === undefined ? {} : { umask }),
    ...(groups.length > 0 ? { additionalGids: groups } : {}),
  };
}

/** HOME is the user's, unless the image or an option set it for everybody. */
function withHome(env: readonly string[], record: ContainerRecord, user: ResolvedUser): string[] {
  if (record.process.env.some((entry) => entry.startsWith('HOME='))) return [...env];
  return [...env.filter((entry) => !entry.startsWith('HOME=')), `HOME=${user.home}`];
}

function capabilitiesOf(
  ctx: Context,
  { options }: ContainerRecord,
  { uid, privileged }: { uid: number; privileged: boolean },
): OciCapabilities {
  return capabilitySets({
    base: options.defaultCapabilities,
    add: privileged ? [] : options.capAdd,
    drop: privileged ? [] : options.capDrop,
    privileged: privileged || options.privileged,
    isRoot: uid === 0,
    known: capabilitiesHere(ctx.uid),
  });
}
