import { defineOptions } from '../../define-command';

const SBOM = 'there is no scanner in tspod: run one on the image, as in "tspod save IMAGE | syft"';

/** Options of Podman's and Docker's build that are known and refused by name. */
export const refusedBuildOptions = defineOptions({
  attest: refused('attestations are not made', 'list'),
  cw: refused('images of confidential workloads are not made'),
  'decryption-key': refused('encrypted images are not supported', 'list'),
  provenance: refused('attestations are not made'),
  push: refused('push the image with "tspod push" when it is built', 'boolean'),
  sbom: refused(SBOM),
  'sbom-image-output': refused(SBOM),
  'sbom-image-purl-output': refused(SBOM),
  'sbom-merge-strategy': refused(SBOM),
  'sbom-output': refused(SBOM),
  'sbom-purl-output': refused(SBOM),
  'sbom-scanner-command': refused(SBOM, 'list'),
  'sbom-scanner-image': refused(SBOM),
  'sign-by': refused('sign the image when it is pushed: tspod push --sign-by'),
});

function refused<const T extends 'string' | 'list' | 'boolean' = 'string'>(reason: string, type?: T) {
  return {
    type: (type ?? 'string') as T,
    description: `Not supported: ${reason}`,
    hidden: true,
    refuse: reason,
  } as const;
}
