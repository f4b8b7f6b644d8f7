import { defineOptions } from '../define-command';

const refuse = 'signatures are not made or verified here';

/** What `push` signs with, in Podman: known, and refused by name. */
export const signingOptions = defineOptions({
  'sign-by': { type: 'string', description: 'Sign with this key', hidden: true, refuse },
  'sign-by-sigstore': { type: 'string', description: 'Sign with sigstore', hidden: true, refuse },
  'sign-by-sigstore-private-key': { type: 'string', description: 'Sign with this key', hidden: true, refuse },
  'sign-passphrase-file': { type: 'string', description: 'Passphrase to sign with', hidden: true, refuse },
  'signature-policy': { type: 'string', description: 'Signature policy', hidden: true, refuse },
});
