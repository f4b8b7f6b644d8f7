import { defineOptions } from '../../define-command';
import type { Flags } from '../../define-command';
import { registryOptions } from '../registry-options';
import { refusedBuildOptions } from './refused-options';
import { resultOptions } from './result-options';
import { buildRunOptions } from './run-options';
import { sourceOptions } from './source-options';
import { workOptions } from './work-options';

/** Every option of `build`. */
export const buildOptions = defineOptions({
  ...registryOptions,
  ...sourceOptions,
  ...workOptions,
  ...buildRunOptions,
  ...resultOptions,
  ...refusedBuildOptions,
  arch: { type: 'string', value: 'ARCH', description: "Architecture of the image instead of this machine's" },
  os: { type: 'string', value: 'OS', description: "Operating system of the image instead of this machine's" },
  platform: {
    type: 'list',
    commas: true,
    value: 'OS/ARCH[/VARIANT]',
    description:
      'Platform of the image; several make several images, which --manifest or --tag names as a list',
  },
  variant: { type: 'string', value: 'VARIANT', description: 'Variant of the architecture' },
});

/** The options of one build, as the command line gives them. */
export type BuildFlags = Flags<typeof buildOptions>;
