import type { Context } from '../lib/context';
import { TspodError } from '../lib/errors';
import { becomeHelper } from '../runtime/helper';
import { Plan } from '../runtime/plan';
import { PLAN } from '../runtime/protocol';
import { findContainer } from './find';
import { containerPaths } from './paths';
import type { ContainerRecord } from './record';
import type { ForegroundStreams } from './start-plan';
import { readState } from './state/status';
import { addEvents, recordContainerEvent } from './container-events';

/** Attaches the caller's streams to a running container: this process becomes the relay. Throws 'state' when it does not run. */
export function attachContainer(ctx: Context, name: string, streams: ForegroundStreams): never {
  const record = findContainer(ctx, name);
  const { phase } = readState(ctx, record.id);
  if (phase !== 'running') {
    throw new TspodError(
      'state',
      `attaching to container ${record.id}: you can only attach to running containers`,
      { hint: `it is ${phase}: tspod start --attach ${record.name}` },
    );
  }
  return becomeHelper(ctx, 'attach', attachPlan(ctx, record, { streams }));
}

/** The plan of the role `attach`. `release`: a container that is held (initialized) begins; without streams only that. */
export function attachPlan(
  ctx: Context,
  record: ContainerRecord,
  {
    streams,
    release,
    message,
  }: { streams?: ForegroundStreams | undefined; release?: boolean; message?: string },
): Plan {
  const { id, name, options } = record;
  const plan = new Plan();
  plan.add('CONTAINER', id, name);
  plan.add('ATTACH_SOCKET', containerPaths(ctx, id).attachSocket);
  plan.add('STDIO', (options.tty ? PLAN.STDIO_TTY : 0) | (options.interactive ? PLAN.STDIO_STDIN : 0));
  if (release) plan.add('HOLD');
  if (message !== undefined) plan.add('EXIT_MESSAGE', message);
  if (streams) recordContainerEvent(ctx, record, 'attach');
  addEvents(plan, ctx, record);
  if (!streams) return plan;
  plan.add(
    'FOREGROUND',
    (streams.stdin && options.interactive ? PLAN.FOREGROUND_STDIN : 0) |
      (streams.stdout ? PLAN.FOREGROUND_STDOUT : 0) |
      (streams.stderr ? PLAN.FOREGROUND_STDERR : 0) |
      (streams.sigProxy ? PLAN.FOREGROUND_SIG_PROXY : 0),
  );
  plan.add('DETACH_KEYS', streams.detachKeys);
  return plan;
}
