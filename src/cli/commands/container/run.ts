import { fstatSync } from 'node:fs';
import { runContainer } from '../../../container/run';
import type { ForegroundStreams, StartMode } from '../../../container/start';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { defineCommand, type Flags } from '../../define-command';
import { detachKeysOf, detachKeysOption } from '../../options/detach-keys';
import { preserveOptions, preserveRequest } from '../../options/preserve-fds';
import { CONTAINER_OPTIONS } from '../../options/container/container-options';
import { imageFetch } from '../../options/container/image-fetch';
import { prepareCreate, typedCommand } from '../../options/container/prepare-create';

const RUN_OPTIONS = {
  ...CONTAINER_OPTIONS,
  attach: {
    type: 'list',
    short: 'a',
    commas: true,
    value: 'STREAM',
    description: 'Attach stdin, stdout or stderr',
  },
  detach: { type: 'boolean', short: 'd', description: 'Run in the background and print the id' },
  'detach-keys': detachKeysOption,
  ...preserveOptions,
  rmi: {
    type: 'boolean',
    description:
      'Remove the image too at the end, unless others use it; implies --rm, in the foreground only',
  },
  'sig-proxy': { type: 'boolean', default: true, description: 'Hand signals on to the program' },
} as const;

type RunFlags = Flags<typeof RUN_OPTIONS>;

const STREAMS = ['stdin', 'stdout', 'stderr'] as const;

/** `tspod run`. */
export default defineCommand({
  summary: 'Run a command in a new container',
  usage: '[options] IMAGE [COMMAND [ARG...]]',
  description:
    "Makes a container from an image and runs a program in it. The exit status is the program's, 125 when tspod failed, " +
    '126 when the program cannot be run and 127 when it is not there.\n\n' +
    '--network NAME joins a network of "tspod network create", and bridge the default one; it may be given several times. Behind ' +
    'the name and a colon stand ip=ADDRESS, ip6=ADDRESS, mac=ADDRESS, alias=NAME and interface_name=NAME, joined by commas. Containers of a ' +
    'network find each other by name, short id and alias. A container keeps its addresses as long as it exists, and servers behind ' +
    'published ports see the address of the client.\n\n' +
    '--network-rate limits the bandwidth of all its interfaces, in bits per second as tc(8) writes them: one rate for both ' +
    'directions, or egress=RATE for what the container sends and ingress=RATE for what it gets.',
  examples: [
    'tspod run -d --name db --network back:alias=database --network-rate egress=50mbit busybox top',
    'tspod run --rm busybox echo hello',
    'tspod run --rm -it busybox sh',
    'tspod run -d --name web -p 8080:80 busybox httpd -f',
    'tspod run --rm -v "$PWD:/work" -w /work busybox ls',
  ],
  options: RUN_OPTIONS,
  args: { min: 1 },
  interspersed: false,
  async run(ctx, flags, args, output) {
    const attached = attachedStreams(flags);
    if (flags.rmi) return runAndForget(ctx, flags, args);
    if (flags.interactive && flags.tty && !isTerminalInput()) {
      ctx.log(
        'warn',
        'The input device is not a TTY. The --tty and --interactive flags might not work properly',
      );
    }
    const preserve = await preservedDescriptors(flags);
    const options = await prepareCreate(ctx, flags, args);
    const fetch = imageFetch(ctx, flags, output);
    return runContainer(ctx, options, typedCommand(), {
      ...startMode(ctx, flags, attached),
      ...preserve,
      fetch,
      replace: flags.replace,
    });
  },
});

/** Major number of /dev/null, /dev/zero and their like. */
const MEMORY_DEVICES = 1;

/** Asked of the descriptor: process.stdin would begin to read it, and load Node's streams. */
function isTerminalInput(): boolean {
  const stat = fstatSync(0);
  return stat.isCharacterDevice() && stat.rdev >> 8 !== MEMORY_DEVICES;
}

async function preservedDescriptors(flags: RunFlags): Promise<Pick<StartMode, 'preserve'>> {
  const request = preserveRequest(flags);
  if (request === undefined) return {};
  const { callersDescriptors } = await import('../../../container/create/preserved-descriptors');
  return { preserve: callersDescriptors(request) };
}

async function runAndForget(ctx: Context, { detach }: RunFlags, args: string[]): Promise<number> {
  if (detach) {
    throw new TspodError(
      'unsupported',
      '--rmi with --detach is not supported: nothing is there at the end to do it',
      {
        hint: 'use --rm, and "tspod rmi" or "tspod image prune --all" later',
      },
    );
  }
  const { runThenRemoveImage } = await import('./run-then-rmi');
  return runThenRemoveImage(ctx, args[0] ?? '', args);
}

type Attached = Pick<ForegroundStreams, 'stdin' | 'stdout' | 'stderr'>;

function startMode(ctx: Context, flags: RunFlags, attached: Attached): StartMode {
  if (flags.detach) return {};
  const detachKeys = detachKeysOf(ctx, flags['detach-keys']);
  return { foreground: { ...attached, sigProxy: flags['sig-proxy'], detachKeys } };
}

/** All that there are unless some are named; standard input only with --interactive. */
function attachedStreams(flags: RunFlags): Attached {
  const named = flags.attach.map((stream) => stream.toLowerCase());
  const unknown = named.find((stream) => !(STREAMS as readonly string[]).includes(stream));
  if (unknown !== undefined) {
    throw new TspodError(
      'usage',
      `invalid stream "${unknown}" for --attach - must be one of stdin, stdout, or stderr`,
    );
  }
  const has = (stream: string): boolean => named.length === 0 || named.includes(stream);
  return {
    stdin: (flags.interactive ?? false) && has('stdin'),
    stdout: has('stdout'),
    stderr: has('stderr'),
  };
}
