import { parseReference } from '../../image/name/reference';
import { TspodError } from '../../lib/errors';

const POLICIES: Readonly<Record<string, 'registry' | 'local' | undefined>> = {
  '': undefined,
  disabled: undefined,
  image: 'registry',
  local: 'local',
  registry: 'registry',
};

/** What the label io.containers.autoupdate says; undefined: nothing is updated. Throws 'invalid' for a word that is none. */
export function parseUpdatePolicy(label = ''): 'registry' | 'local' | undefined {
  if (Object.hasOwn(POLICIES, label)) return POLICIES[label];
  throw new TspodError('invalid', `invalid auto-update policy "${label}"`, {
    hint: 'the label io.containers.autoupdate is registry, local or disabled',
  });
}

/** Throws 'usage' where a name does not say which image of which registry is to be looked for. */
export function requireFullName(image: string): void {
  const name = image.replace(/^docker:\/\//, '');
  const { domain, digest } = parseReference(name);
  if (domain === undefined)
    throw new TspodError('usage', `auto updates require fully-qualified image reference: "${image}"`, {
      hint: 'write the registry too, as docker.io/library/busybox:latest',
    });
  if (digest !== undefined)
    throw new TspodError(
      'usage',
      `auto updates require fully-qualified image references without digest: "${image}"`,
    );
}

/** Refuses a container whose label asks for updates from a registry that its image's name does not tell. */
export function checkUpdateLabel({ image, labels, rootfs }: UpdateLabelled): void {
  const label = labels['io.containers.autoupdate'];
  if (label !== 'registry' && label !== 'image') return;
  if (rootfs === undefined) requireFullName(image);
}

/** What of a container's options is looked at. */
export interface UpdateLabelled {
  image: string;
  labels: Readonly<Record<string, string>>;
  rootfs?: unknown;
}
