import { execInContainer } from '../../../container/exec/exec-container';
import { latestContainer } from '../../../container/find';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { defineCommand, type Flags } from '../../define-command';
import { configure } from '../../options/configure';
import { detachKeysOf, detachKeysOption } from '../../options/detach-keys';
import { preserveOptions, preserveRequest } from '../../options/preserve-fds';
import { latestOption } from '../../options/selection';

const options = {
  cidfile: { type: 'string', value: 'FILE', description: 'Read the id of the container from the file' },
  detach: {
    type: 'boolean',
    short: 'd',
    description: 'Run in the background and print the id of the session',
  },
  'detach-keys': detachKeysOption,
  env: { type: 'list', short: 'e', value: 'NAME[=VALUE]', description: 'Set an environment variable' },
  'env-file': { type: 'list', value: 'FILE', description: 'Read environment variables from a file' },
  interactive: { type: 'boolean', short: 'i', description: 'Give the program the standard input' },
  latest: latestOption,
  ...preserveOptions,
  privileged: { type: 'boolean', description: 'Give the program all capabilities' },
  tty: { type: 'boolean', short: 't', description: 'Give the program a terminal' },
  user: {
    type: 'string',
    short: 'u',
    value: 'USER[:GROUP]',
    description: 'Run as this user, by name or number',
  },
  wait: { type: 'number', value: 'SECONDS', description: 'Wait so long for the container to run' },
  workdir: {
    type: 'string',
    short: 'w',
    value: 'DIR',
    description: 'Run in this directory of the container',
  },
} as const;

/** `tspod exec`. */
export default defineCommand({
  summary: 'Run a process in a running container',
  usage: '[options] CONTAINER COMMAND [ARG...]',
  options,
  args: { min: 0 },
  interspersed: false,
  examples: ['tspod exec web ls /', 'tspod exec -it --user nobody web sh'],
  async run(ctx, flags, args) {
    await configure(ctx);
    const { name, argv } = await splitTarget(ctx, flags, args);
    if (flags.wait !== undefined) {
      const { awaitRunning } = await import('../../../container/exec/await-running');
      await awaitRunning(ctx, name, flags.wait * 1000);
    }
    await execInContainer(ctx, name, {
      argv,
      detach: flags.detach ?? false,
      detachKeys: detachKeysOf(ctx, flags['detach-keys']),
      env: await variables(ctx, flags),
      interactive: flags.interactive ?? false,
      tty: flags.tty ?? false,
      user: flags.user,
      workdir: flags.workdir,
      preserve: preserveRequest(flags),
      privileged: flags.privileged ?? false,
    });
  },
});

/** The container comes first, unless an option names it. */
async function splitTarget(
  ctx: Context,
  { latest, cidfile }: Flags<typeof options>,
  args: string[],
): Promise<{ name: string; argv: string[] }> {
  if (latest && cidfile !== undefined)
    throw new TspodError('usage', '--latest and --cidfile cannot be used together');
  if (latest) return { name: latestContainer(ctx).id, argv: args };
  if (cidfile !== undefined) {
    const { selectContainers } = await import('../../../container/select');
    const { targets, failures } = selectContainers(ctx, { names: [], cidfiles: [cidfile] });
    if (failures.length > 0) throw failures[0];
    return { name: targets[0]?.id ?? '', argv: args };
  }
  const [name, ...argv] = args;
  if (name === undefined)
    throw new TspodError(
      'usage',
      'exec requires the name or ID of a container or the --latest or --cidfile flag',
    );
  return { name, argv };
}

async function variables(ctx: Context, flags: Flags<typeof options>): Promise<Record<string, string>> {
  if (flags.env.length === 0 && flags['env-file'].length === 0) return {};
  const { parseEnv } = await import('../../../container/options/parse-env');
  return parseEnv({ entries: flags.env, files: flags['env-file'], host: false, proxy: false }, ctx.env);
}
