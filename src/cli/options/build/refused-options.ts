import { defineOptions } from '../../define-command';
import { refusedOption } from '../refused-option';

const SBOM = 'there is no scanner in tspod: run one on the image, as in "tspod save IMAGE | syft"';

/** Options of Podman's and Docker's build that are known and refused by name. */
export const refusedBuildOptions = defineOptions({
  attest: refusedOption('attestations are not made', 'list'),
  cw: refusedOption('images of confidential workloads are not made'),
  'decryption-key': refusedOption('encrypted images are not supported', 'list'),
  provenance: refusedOption('attestations are not made'),
  push: refusedOption('push the image with "tspod push" when it is built', 'boolean'),
  sbom: refusedOption(SBOM),
  'sbom-image-output': refusedOption(SBOM),
  'sbom-image-purl-output': refusedOption(SBOM),
  'sbom-merge-strategy': refusedOption(SBOM),
  'sbom-output': refusedOption(SBOM),
  'sbom-purl-output': refusedOption(SBOM),
  'sbom-scanner-command': refusedOption(SBOM, 'list'),
  'sbom-scanner-image': refusedOption(SBOM),
  'sign-by': refusedOption('sign the image when it is pushed: tspod push --sign-by'),
});
