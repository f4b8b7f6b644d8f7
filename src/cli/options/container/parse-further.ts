import { isCdiName } from '../../../container/options/parse-device';
import type { FurtherOptions, NotifyMode } from '../../../container/further/further-options';
import { PERSONALITIES, type PersonalityName } from '../../../container/further/personality';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { parseSize } from '../../../lib/size';
import type { ContainerFlags } from './container-options';

const MODES: readonly string[] = ['container', 'conmon', 'healthy', 'ignore'] satisfies NotifyMode[];

/** The rarer options of a container, from its flags. Throws 'usage'. */
export function parseFurther(ctx: Context, flags: ContainerFlags): FurtherOptions {
  const size = flags['shm-size-systemd'];
  const devices = [...flags.device.filter(isCdiName), ...flags.gpus.map((gpu) => `nvidia.com/gpu=${gpu}`)];
  return {
    ...listed('chrootDirs', flags.chrootdirs.map(absolute)),
    ...listed('hostUsers', flags.hostuser),
    ...listed('envMerge', flags['env-merge'].map(checkMerge)),
    ...listed('cdiDevices', devices),
    ...listed(
      'requires',
      flags.requires.map((target) => ({ kind: 'container' as const, target })),
    ),
    ...(flags.personality === undefined ? {} : { personality: parsePersonality(flags.personality) }),
    ...parseNotify(ctx, flags.sdnotify),
    ...(size === undefined ? {} : { systemdSize: parseTmpfsSize(size) }),
  };
}

function listed<K extends string, T>(key: K, values: T[]): { [key in K]?: T[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { [key in K]?: T[] });
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function checkMerge(text: string): string {
  if (text.includes('=')) return text;
  throw new TspodError('usage', `missing "=" for --env-merge substitution ${text}`, {
    hint: "write NAME='text with ${VARIABLES}'",
  });
}

function parsePersonality(text: string): PersonalityName {
  if (Object.hasOwn(PERSONALITIES, text)) return text as PersonalityName;
  throw new TspodError('usage', `--personality: unknown persona specified "${text}"`, {
    hint: `use ${Object.keys(PERSONALITIES).join(' or ')}`,
  });
}

function parseNotify(ctx: Context, text: string | undefined): Pick<FurtherOptions, 'notify'> {
  const mode = text ?? 'container';
  const socket = ctx.env['NOTIFY_SOCKET'];
  if (!MODES.includes(mode)) {
    throw new TspodError(
      'usage',
      `invalid sdnotify value "${mode}": must be conmon, container, healthy or ignore`,
    );
  }
  if (text === undefined && !socket) return {};
  return { notify: { mode: mode as NotifyMode, ...(socket ? { socket } : {}) } };
}

function parseTmpfsSize(text: string): number {
  try {
    return parseSize(text);
  } catch (cause) {
    throw new TspodError('usage', `unable to translate --shm-size-systemd: ${(cause as Error).message}`, {
      cause,
    });
  }
}
