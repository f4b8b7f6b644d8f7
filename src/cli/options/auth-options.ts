import { resolve } from 'node:path';
import type { AuthFileOptions } from '../../config/auth-file-paths';
import type { OptionDefinition } from '../define-command';
import { defineOptions } from '../define-command';

/** `--authfile` of every command that talks to a registry. */
export const authFileOption = {
  type: 'string',
  value: 'FILE',
  description: 'File of credentials, instead of REGISTRY_AUTH_FILE and the files that are looked for',
} as const satisfies OptionDefinition;

/** `--cert-dir` of every command that talks to a registry. */
export const certDirOption = {
  type: 'string',
  value: 'DIR',
  description: 'Directory of certificates (*.crt, *.cert, *.key), instead of certs.d',
} as const satisfies OptionDefinition;

/** `--tls-verify` of every command that talks to a registry. */
export const tlsVerifyOption = {
  type: 'boolean',
  description: 'Require HTTPS and verify certificates; without it registries.conf decides',
} as const satisfies OptionDefinition;

/** Where `login` and `logout` keep credentials. */
export const authOptions = defineOptions({
  authfile: authFileOption,
  'compat-auth-file': {
    type: 'string',
    value: 'FILE',
    description: "File of credentials in Docker's format, to be changed instead",
  },
});

/** The files that the flags name. */
export function authFilesOf(flags: {
  authfile: string | undefined;
  'compat-auth-file': string | undefined;
}): AuthFileOptions {
  const { authfile, 'compat-auth-file': compat } = flags;
  return {
    ...(authfile ? { authFile: resolve(authfile) } : {}),
    ...(compat ? { compatAuthFile: resolve(compat) } : {}),
  };
}
