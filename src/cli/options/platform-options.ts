import type { Platform } from '../../image/format/platform';
import { TspodError } from '../../lib/errors';
import { defineOptions } from '../define-command';
import type { Flags } from '../define-command';

/** Which of an image's platforms is wanted. */
export const platformOptions = defineOptions({
  arch: {
    type: 'string',
    value: 'ARCH',
    description: "Choose the image for this architecture instead of this machine's",
  },
  os: { type: 'string', value: 'OS', description: 'Choose the image for this operating system' },
  platform: {
    type: 'string',
    value: 'OS/ARCH[/VARIANT]',
    description: 'Choose the image for this platform; not together with --arch, --os and --variant',
  },
  variant: {
    type: 'string',
    value: 'VARIANT',
    description: 'Choose the image for this variant of the architecture',
  },
});

/** Docker's and uname's names of architectures that images name otherwise. */
const architectures: Record<string, string> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  i386: '386',
  i686: '386',
};

/** The platform that was asked for; undefined: this machine's. Throws 'usage' for a malformed one. */
export function parsePlatform(flags: Partial<Flags<typeof platformOptions>>): Platform | undefined {
  const { platform, os, arch, variant } = flags;
  if (platform === undefined) {
    if (os === undefined && arch === undefined && variant === undefined) return undefined;
    return toPlatform({ os, architecture: arch, variant });
  }
  if (os !== undefined || arch !== undefined || variant !== undefined)
    throw new TspodError('usage', '--platform option can not be specified with --arch, --os or --variant');
  const parts = platform.split('/');
  if (parts.length > 3 || parts.some((part) => !/^[\w.-]+$/.test(part)))
    throw new TspodError('usage', `--platform ${JSON.stringify(platform)}: expected OS/ARCH[/VARIANT]`);
  return toPlatform({ os: parts[0], architecture: parts[1], variant: parts[2] });
}

function toPlatform(given: Record<'os' | 'architecture' | 'variant', string | undefined>): Platform {
  const { os, variant } = given;
  const architecture = architectures[given.architecture?.toLowerCase() ?? ''] ?? given.architecture;
  return {
    ...(os ? { os: os.toLowerCase() } : {}),
    ...(architecture ? { architecture } : {}),
    ...(variant ? { variant } : {}),
  };
}
