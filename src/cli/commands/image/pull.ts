import { pullImage } from '../../../image/pull/pull-image';
import type { PullOptions, PullPolicy } from '../../../image/pull/pull-request';
import { notePull } from '../../../image/pull/note-pull';
import { localTransport } from '../../../image/transport/parse-transport';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { nameAsker } from '../../ask-for-name';
import { defineCommand } from '../../define-command';
import type { Flags, Output } from '../../define-command';
import { parsePlatform, platformOptions } from '../../options/platform-options';
import { parseRegistryOptions, registryOptions } from '../../options/registry-options';
import { pullReport, silentReport } from '../../print/pull-progress';

const PULL_OPTIONS = {
  ...registryOptions,
  ...platformOptions,
  'all-tags': { type: 'boolean', short: 'a', description: 'Pull every tag of the repository' },
  'decryption-key': {
    type: 'list',
    value: 'KEY',
    description: 'Key for an encrypted image',
    hidden: true,
    refuse: 'encrypted images are not supported',
  },
  'disable-content-trust': {
    type: 'boolean',
    description: 'Accepted for Docker, does nothing',
    hidden: true,
  },
  policy: {
    type: 'string',
    value: 'POLICY',
    choices: ['always', 'missing', 'newer', 'never'],
    default: 'always',
    description:
      'When to ask the registry: always, missing (only for what is not here), newer (use what is here when that fails), never',
  },
  quiet: { type: 'boolean', short: 'q', description: 'Print the id only' },
  'signature-policy': {
    type: 'string',
    value: 'FILE',
    description: 'Read this policy.json instead of that of the user or the machine',
    hidden: true,
  },
} as const;

/** `tspod pull`. */
export default defineCommand({
  summary: 'Pull an image from a registry',
  usage: '[options] IMAGE [IMAGE...]',
  description:
    'Brings images from a registry into the store and prints their ids. A name without a registry is resolved as registries.conf says. Only layers that are not there are fetched, several at once; an interrupted pull goes on where it was. IMAGE may also be docker://NAME, or lie in a file or directory: oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH; containers-storage:NAME takes it from a local Podman.',
  examples: [
    'tspod pull docker.io/library/debian:trixie',
    'tspod pull --platform linux/arm64 quay.io/podman/hello',
    'tspod pull --tls-verify=false localhost:5000/app@sha256:...',
    'tspod pull oci-archive:app.tar',
  ],
  options: PULL_OPTIONS,
  args: { min: 1 },
  async run(ctx, flags, names, output) {
    const options = await parsePullOptions(ctx, flags, output);
    for (const name of names) await pullOne(ctx, name, { flags, options, output });
  },
});

type PullFlags = Flags<typeof PULL_OPTIONS>;

async function parsePullOptions(ctx: Context, flags: PullFlags, output: Output): Promise<PullOptions> {
  const platform = parsePlatform(flags);
  const ask = flags.quiet ? undefined : nameAsker(output);
  const policyFile = flags['signature-policy'];
  return {
    policy: flags.policy as PullPolicy,
    registry: await parseRegistryOptions(ctx, flags),
    report: flags.quiet ? silentReport : pullReport(output),
    ...(platform === undefined ? {} : { platform }),
    ...(ask === undefined ? {} : { ask }),
    ...(policyFile === undefined ? {} : { policyFile }),
  };
}

interface PullRequest {
  flags: PullFlags;
  options: PullOptions;
  output: Output;
}

async function pullOne(ctx: Context, name: string, { flags, options, output }: PullRequest): Promise<void> {
  if (/^[a-z-]+:/.test(name)) {
    const taken = await takePlace(ctx, name, { flags, options, output });
    for (const id of taken ?? []) await notePull(ctx, name, () => Promise.resolve({ id }));
    if (taken !== undefined) return taken.forEach((id) => output.print(id));
  }
  const image = name.replace(/^docker:\/\//, '');
  if (flags['all-tags']) {
    const { pullAllTags } = await import('../../../image/pull/pull-all-tags');
    for await (const pulled of pullAllTags(ctx, image, options)) {
      await notePull(ctx, name, () => Promise.resolve(pulled));
      output.print(pulled.id);
    }
    return;
  }
  output.print((await notePull(ctx, name, () => pullImage(ctx, image, options))).id);
}

/** The images of a place such as `oci:PATH`; undefined of any other name. */
async function takePlace(
  ctx: Context,
  name: string,
  { flags, options: { platform, policyFile }, output }: PullRequest,
): Promise<string[] | undefined> {
  const place = localTransport(name);
  if (place !== undefined && flags['all-tags'])
    throw new TspodError('usage', `"${name}": all tags can be pulled from a registry only`);
  const { takeInUserns } = await import('../../../image/transport/take-in-userns');
  const note = flags.quiet ? undefined : (line: string) => output.note(line);
  return takeInUserns(ctx, name, { platform, policyFile, note });
}
