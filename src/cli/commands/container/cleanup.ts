import { cleanUpContainer } from '../../../container/clean-up';
import { loadRecord } from '../../../container/find';
import { removeContainers } from '../../../container/remove';
import { selectContainers, throwFailures } from '../../../container/select';
import type { Context } from '../../../lib/context';
import { TspodError, wrapError } from '../../../lib/errors';
import { defineCommand, type Flags } from '../../define-command';
import { allOption, latestOption } from '../../options/selection';
import { forEachTarget } from './for-each-target';

const options = {
  all: allOption('Clean up all containers'),
  exec: {
    type: 'string',
    value: 'ID',
    description: 'Clean up a session of exec instead; they clean up by themselves',
  },
  latest: latestOption,
  rm: { type: 'boolean', description: 'Remove the container, too' },
  rmi: { type: 'boolean', description: 'Remove the container and its image, too' },
} as const;

/** `tspod container cleanup`. */
export default defineCommand({
  summary: 'Clean up network and mount points of one or more containers',
  usage: '[options] CONTAINER [CONTAINER...]',
  description:
    'Takes away what containers that have ended may have left. The monitor of a container does that by itself: this is for those ' +
    'whose monitor was killed. One that runs is left as it is.',
  options,
  args: { min: 0 },
  examples: ['tspod container cleanup --all', 'tspod container cleanup --rm web'],
  async run(ctx, flags, args, output) {
    checkFlags(flags, args);
    const { all, latest, exec, rm, rmi } = flags;
    // one that is gone has nothing left
    const { targets, failures } = selectContainers(ctx, { names: args, all, latest, ignore: true });
    if (exec !== undefined) return throwFailures(failures);
    const failed = await forEachTarget(targets, output, async ({ id }) => {
      const image = rmi ? loadRecord(ctx, id).imageId : '';
      if (!cleanUpContainer(ctx, id) && !rm && !rmi)
        ctx.log('warn', `container ${id.slice(0, 12)} is running or paused: it is left as it is`);
      if (rm || rmi) await remove(ctx, id);
      if (image !== '') await removeItsImage(ctx, image);
    });
    throwFailures([...failures, ...failed]);
  },
});

function checkFlags({ all, exec, rmi, latest }: Flags<typeof options>, args: readonly string[]): void {
  const fail = (message: string): never => {
    throw new TspodError('usage', message);
  };
  if (all && latest) fail('--all and --latest cannot be used together');
  if (exec === undefined) return;
  if (all) fail('--all and --exec cannot be set together');
  if (args.length > 1) fail('cannot use exec option when more than one container is given');
  if (rmi) fail('--exec and --rmi cannot be set together');
}

async function remove(ctx: Context, id: string): Promise<void> {
  const { failures } = await removeContainers(ctx, [id]);
  if (failures.length > 0) throw failure(`failed to clean up and remove container ${id}`, failures[0]);
}

async function removeItsImage(ctx: Context, id: string): Promise<void> {
  const { removeImage, removeUnusedContent } = await import('../../../image/remove/remove-image');
  try {
    await removeImage(ctx, id, { force: false, removeContainers: async () => undefined });
  } catch (error) {
    throw failure('removing its image', error);
  }
  removeUnusedContent(ctx);
}

/** Podman's exit status is 125 here, not that of `rm` and `rmi`. */
function failure(action: string, error: unknown): TspodError {
  const { code, message, hint } = wrapError(action, error);
  return new TspodError(code, message, { ...(hint === undefined ? {} : { hint }), cause: error });
}
