import type { Context } from '../../lib/context';
import type { OciCapabilities, OciProcess } from '../../runtime/oci-spec';
import { capabilitiesHere, capabilitySets } from '../capabilities';
import type { ContainerOptions, ContainerRecord } from '../record';
import { hostNameOf } from './etc-files';
import { INIT_PATH } from './mounts';
import { canRaiseLimits, rlimitsOf } from './rlimits';
import { apparmorProfile, checkLabels } from './security-modules';
import type { SpecUser } from './spec-user';

/** The program with everything that it is given. */
export function processOf(ctx: Context, record: ContainerRecord, user: SpecUser): OciProcess {
  const { options, process } = record;
  const apparmor = apparmorProfile(ctx, options.security);
  checkLabels(ctx, options.security);
  return {
    terminal: options.tty,
    user: {
      uid: user.uid,
      gid: user.gid,
      umask: parseInt(options.umask, 8),
      ...additionalGroups(user),
    },
    args: options.init ? [...initCommand(options), ...process.argv] : process.argv,
    env: environmentOf(record, user),
    cwd: process.cwd,
    capabilities: capabilitiesOf(ctx, record, user),
    rlimits: rlimitsOf(options.ulimits, canRaiseLimits(ctx.uid)),
    noNewPrivileges: options.security.noNewPrivileges,
    ...(apparmor === undefined ? {} : { apparmorProfile: apparmor }),
    ...(options.oomScoreAdj === undefined ? {} : { oomScoreAdj: options.oomScoreAdj }),
  };
}

/** The helper is told its role; other init programs, such as catatonit and tini, know none. */
function initCommand({ initPath }: ContainerOptions): string[] {
  return initPath === undefined ? [INIT_PATH, 'init', '--'] : [INIT_PATH, '--'];
}

/** The primary group stays among the others for users other than root, so that it cannot be dropped to get round a denial (CVE-2022-2989). */
function additionalGroups({ uid, gid, groups }: SpecUser): { additionalGids?: number[] } {
  const all = uid === 0 ? groups : [...new Set([...groups, gid])];
  return all.length > 0 ? { additionalGids: all } : {};
}

function environmentOf(record: ContainerRecord, user: SpecUser): string[] {
  const { env } = record.process;
  const names = new Set(env.map((entry) => entry.slice(0, entry.indexOf('='))));
  const isUnset = (name: string): boolean =>
    names.has(name) || (record.options.unsetEnv ?? []).includes(name);
  return [
    ...env,
    ...(isUnset('HOSTNAME') ? [] : [`HOSTNAME=${hostNameOf(record)}`]),
    ...(isUnset('HOME') ? [] : [`HOME=${user.home}`]),
  ];
}

function capabilitiesOf(ctx: Context, { options }: ContainerRecord, user: SpecUser): OciCapabilities {
  return capabilitySets({
    base: options.defaultCapabilities,
    add: options.capAdd,
    drop: options.capDrop,
    privileged: options.privileged,
    isRoot: user.uid === 0,
    known: capabilitiesHere(ctx.uid),
  });
}
