import { resolve } from 'node:path';
import { requireAuthFile } from '../../config/auth-file-paths';
import type { RegistryOptions } from '../../image/registry/types';
import type { Context } from '../../lib/context';
import { parseSeconds } from '../../lib/duration';
import { TspodError } from '../../lib/errors';
import { defineOptions } from '../define-command';
import type { Flags } from '../define-command';
import { configure } from './configure';
import { authFileOption, certDirOption, tlsVerifyOption } from './auth-options';

/** How a registry is reached, of every command that moves images. */
export const registryOptions = defineOptions({
  authfile: authFileOption,
  'cert-dir': certDirOption,
  creds: {
    type: 'string',
    value: 'USERNAME[:PASSWORD]',
    description:
      'Credentials for the registry, instead of those that are kept; a missing password is asked for',
  },
  retry: {
    type: 'number',
    value: 'COUNT',
    description: 'How often to try again after a failure that may pass (default 3)',
  },
  'retry-delay': {
    type: 'string',
    value: 'DURATION',
    description: 'Time between two attempts, such as 5s (default: one second, doubled each time)',
  },
  'tls-verify': tlsVerifyOption,
});

/** What the flags say of the way to a registry. Errors: `usage` of a malformed one, `not-found` of credentials that are not there. */
export async function parseRegistryOptions(
  ctx: Context,
  flags: Partial<Flags<typeof registryOptions>>,
): Promise<RegistryOptions> {
  const {
    authfile,
    creds,
    retry,
    'cert-dir': certDir,
    'retry-delay': delay,
    'tls-verify': tlsVerify,
  } = flags;
  if (retry !== undefined && retry < 0) throw new TspodError('usage', `--retry ${retry}: it is negative`);
  const file = authfile ? { authFile: resolve(authfile) } : {};
  requireAuthFile(file);
  const configured = await transferDefaultsOf(ctx);
  return {
    ...file,
    ...(certDir ? { certDir: resolve(certDir) } : {}),
    ...(creds === undefined ? {} : { credentials: await parseCredentials(creds) }),
    ...configured,
    ...(retry === undefined ? {} : { retry }),
    ...(delay === undefined ? {} : { retryDelay: parseDelay(delay) }),
    ...(tlsVerify === undefined ? {} : { tlsVerify }),
  };
}

/** Some commands have read containers.conf before. */
async function transferDefaultsOf(ctx: Context): Promise<RegistryOptions> {
  if (ctx.defaults === undefined) await configure(ctx);
  const { retry, retryDelay, atOnce } = ctx.defaults?.transfer ?? {};
  return {
    ...(retry === undefined ? {} : { retry }),
    ...(retryDelay === undefined ? {} : { retryDelay }),
    ...(atOnce === undefined ? {} : { atOnce }),
  };
}

async function parseCredentials(text: string): Promise<{ username: string; password: string }> {
  const colon = text.indexOf(':');
  const username = colon < 0 ? text : text.slice(0, colon);
  if (username === '') throw new TspodError('usage', '--creds: the user name is empty');
  if (colon >= 0) return { username, password: text.slice(colon + 1) };
  const { askSecret } = await import('../ask');
  return {
    username,
    password: await askSecret('Password: ', 'pass it with --creds USER:PASSWORD, or log in first'),
  };
}

/** Milliseconds. */
function parseDelay(text: string): number {
  try {
    return parseSeconds(text);
  } catch (cause) {
    throw new TspodError('usage', `--retry-delay ${JSON.stringify(text)}: expected a duration such as 5s`, {
      cause,
    });
  }
}
