import type { Context } from '../../lib/context';
import type { OciSpec } from '../../runtime/oci-spec';
import type { Plan } from '../../runtime/plan';
import { PLAN } from '../../runtime/protocol';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';

const MODES = {
  container: PLAN.NOTIFY_CONTAINER,
  conmon: PLAN.NOTIFY_MONITOR,
  healthy: PLAN.NOTIFY_HEALTHY,
} as const;

/** Where the container finds its socket: crun's place. */
const FOLDER = '/run/notify';

/** How a service manager is told, and through which socket; undefined: nobody waits for it. */
function notifyOf(
  { env }: Context,
  { options }: ContainerRecord,
): { mode: keyof typeof MODES; socket: string } | undefined {
  const { mode = 'container', socket: recorded } = options.further?.notify ?? {};
  const socket = env['NOTIFY_SOCKET'] || recorded;
  return mode === 'ignore' || !socket ? undefined : { mode, socket };
}

/** Gives the program a socket to tell through, where it is the one that has to. */
export function addNotifySocket(ctx: Context, record: ContainerRecord, spec: OciSpec): void {
  if (notifyOf(ctx, record)?.mode !== 'container') return;
  const source = `${containerPaths(ctx, record.id).runDirectory}/notify`;
  spec.mounts.push({ destination: FOLDER, type: 'bind', source, options: ['bind', 'rprivate'] });
  const others = spec.process.env.filter((entry) => !entry.startsWith('NOTIFY_SOCKET='));
  spec.process.env = [...others, `NOTIFY_SOCKET=${FOLDER}/notify.sock`];
}

/** Tells the helper whom to tell. */
export function addNotify(plan: Plan, ctx: Context, record: ContainerRecord): void {
  const notify = notifyOf(ctx, record);
  if (notify !== undefined) plan.add('NOTIFY', MODES[notify.mode], notify.socket);
}
