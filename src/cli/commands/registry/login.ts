import { readFileSync } from 'node:fs';
import { findCredentials } from '../../../config/credentials';
import type { Credentials } from '../../../config/credentials';
import { isAccepted, login, parseLoginTarget } from '../../../image/registry/login';
import type { LoginTarget } from '../../../image/registry/login';
import type { RegistryOptions } from '../../../image/registry/types';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { askLine, askSecret } from '../../ask';
import { defineCommand } from '../../define-command';
import { authFilesOf, authOptions, certDirOption, tlsVerifyOption } from '../../options/auth-options';

/** What was given of the credentials. */
interface Given {
  username: string;
  password: string;
}

/** `tspod login`. */
export default defineCommand({
  summary: 'Log in to a container registry',
  usage: '[options] [REGISTRY]',
  description:
    'Lets the registry check user name and password, and keeps them in ${XDG_RUNTIME_DIR}/containers/auth.json, or where --authfile, REGISTRY_AUTH_FILE, DOCKER_CONFIG or the credential helpers of registries.conf say. What is not given is asked for; without a registry the first of unqualified-search-registries is meant. A path below a registry (quay.io/team) keeps credentials for that path alone.',
  examples: [
    'tspod login quay.io',
    'tspod login -u me --password-stdin registry.example.com:5000 < password.txt',
    'tspod login --get-login quay.io',
  ],
  options: {
    ...authOptions,
    'cert-dir': certDirOption,
    'get-login': {
      type: 'boolean',
      default: false,
      description: 'Print the user who is logged in, and do nothing else',
    },
    password: { type: 'string', short: 'p', value: 'PASSWORD', description: 'Password for the registry' },
    'password-stdin': {
      type: 'boolean',
      default: false,
      description: 'Read the password from standard input',
    },
    secret: {
      type: 'string',
      value: 'NAME',
      description: 'Secret that holds the password; without --username its name is the user',
    },
    'tls-verify': tlsVerifyOption,
    username: { type: 'string', short: 'u', value: 'USER', description: 'User name for the registry' },
    verbose: {
      type: 'boolean',
      short: 'v',
      default: false,
      description: 'Print where the credentials are kept',
    },
  },
  args: { min: 0, max: 1 },
  async run(ctx, flags, [text], output) {
    const target = parseLoginTarget(ctx, text);
    const files = authFilesOf(flags);
    const registry = registryOptions(flags);
    const existing = await findCredentials(ctx, target.key, files);
    if (flags['get-login']) return output.print(loggedInUser(target, existing));
    if (existing?.identityToken !== undefined) {
      throw new TspodError('state', 'currently logged in, auth file contains an identity token', {
        hint: `log out first: tspod logout ${target.key}`,
      });
    }
    const given = await givenCredentials(ctx, flags);
    if (given.username === '' && given.password === '' && existing?.username && existing.password) {
      output.print(`Authenticating with existing credentials for ${target.key}`);
      if (await isAccepted(ctx, { target, credentials: existing, files, registry })) {
        return output.print(`Existing credentials are valid. Already logged in to ${target.host}`);
      }
      output.print('Existing credentials are invalid, please enter valid username and password');
    }
    const credentials = await askForMissing(given, existing?.username);
    const place = await login(ctx, { target, credentials, files, registry });
    if (flags.verbose) output.print(`Used:  ${place}`);
    output.print('Login Succeeded!');
  },
});

function registryOptions(flags: {
  'cert-dir': string | undefined;
  'tls-verify': boolean | undefined;
}): RegistryOptions {
  const { 'cert-dir': certDir, 'tls-verify': tlsVerify } = flags;
  return { ...(certDir ? { certDir } : {}), ...(tlsVerify === undefined ? {} : { tlsVerify }) };
}

function loggedInUser({ key }: LoginTarget, existing: Credentials | undefined): string {
  if (existing?.username) return existing.username;
  throw new TspodError('not-found', `not logged into ${key}`, { hint: `log in: tspod login ${key}` });
}

type GivenFlags = Record<'username' | 'password' | 'secret', string | undefined> & {
  'password-stdin': boolean;
};

async function givenCredentials(ctx: Context, flags: GivenFlags): Promise<Given> {
  const { username = '', password = '', secret, 'password-stdin': isPiped } = flags;
  if (secret !== undefined) {
    if (password !== '' || isPiped)
      throw new TspodError('usage', '--secret can not be used with --password or --password-stdin');
    const { findSecret } = await import('../../../secret/secret-store');
    const { driverOf } = await import('../../../secret/secret-driver');
    const stored = findSecret(ctx, secret);
    return { username: username || secret, password: driverOf(ctx, stored).lookUp(stored.id).toString() };
  }
  if (!isPiped) return { username, password };
  if (password !== '') throw new TspodError('usage', "can't specify both --password-stdin and --password");
  if (username === '') throw new TspodError('usage', 'must provide --username with --password-stdin');
  return { username, password: readFileSync(0, 'utf8').replace(/\r?\n/g, '') };
}

async function askForMissing(given: Given, known: string | undefined): Promise<Credentials> {
  const username = given.username || (await askForUser(known));
  const password = given.password || (await askSecret('Password: ', 'pass it with --password-stdin'));
  return { username: username.trim(), password };
}

/** An empty answer means the user who is known already. */
async function askForUser(known: string | undefined): Promise<string> {
  const answer = await askLine(known ? `Username (${known}): ` : 'Username: ');
  if (answer === undefined) {
    throw new TspodError('usage', 'reading username: standard input has ended', {
      hint: 'pass it with --username',
    });
  }
  return answer.trim() || (known ?? '');
}
