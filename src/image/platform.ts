import { TspodError } from '../lib/errors';
import type { Descriptor } from './manifest';

/** Go's name of this machine's architecture, as images have it. */
export function hostArchitecture(): string {
  return architectures[process.arch] ?? process.arch;
}

/** The variant that goes with an architecture where images name one. */
export function hostVariant(): string | undefined {
  if (process.arch === 'arm64') return 'v8';
  return process.arch === 'arm' ? 'v7' : undefined;
}

const architectures: Record<string, string> = { x64: 'amd64', ia32: '386', arm64: 'arm64', ppc64: 'ppc64le' };

/** The manifest for this machine. Error `invalid`: there is none; it names those that there are. */
export function choosePlatform(manifests: readonly Descriptor[]): Descriptor {
  const architecture = hostArchitecture();
  const fitting = manifests.filter(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  );
  const anywhere = manifests.filter(({ platform }) => platform === undefined);
  const variant = hostVariant();
  const chosen =
    fitting.find(({ platform }) => (platform?.variant ?? variant) === variant) ?? fitting[0] ?? anywhere[0];
  if (chosen !== undefined) return chosen;
  const names = manifests.map(({ platform }) => `${platform?.os ?? '?'}/${platform?.architecture ?? '?'}`);
  throw new TspodError(
    'invalid',
    `no image for linux/${architecture}, only for ${names.join(', ') || 'nothing'}`,
  );
}
