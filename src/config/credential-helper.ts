import type { Context } from '../lib/context';
import { TspodError, isErrno, wrapError } from '../lib/errors';
import { findProgram } from '../sys/programs';
import type { Credentials } from './credentials';

type Where = Pick<Context, 'env' | 'defaults'>;

/** A keyring may ask its user for a password: in ms. */
const PATIENCE = 120_000;
/** The helpers of Docker say so on standard output, and so Docker and Podman know it. */
const NOT_FOUND = 'credentials not found in native keychain';
/** The user name that says that the secret is an identity token. */
const TOKEN_USER = '<token>';

/**
 * The credentials that `docker-credential-NAME` has for a server; undefined where it has none. Errors: `machine`
 * (no such program), `invalid` (it failed, or its answer makes no sense).
 */
export async function getFromHelper(
  ctx: Where,
  name: string,
  server: string,
): Promise<Credentials | undefined> {
  const answer = await ask(ctx, name, 'get', server);
  if (answer === undefined) return undefined;
  const { Username: username, Secret: secret } = parseAnswer(name, answer);
  if (typeof username !== 'string' || typeof secret !== 'string') throw senseless(name, answer);
  if (username === '' && secret === '') return undefined;
  return username === TOKEN_USER
    ? { username: '', password: '', identityToken: secret }
    : { username, password: secret };
}

/** Gives credentials to a helper to keep. Errors as those of `getFromHelper`. */
export async function storeInHelper(
  ctx: Where,
  name: string,
  server: string,
  { username, password }: Credentials,
): Promise<void> {
  await ask(ctx, name, 'store', JSON.stringify({ ServerURL: server, Username: username, Secret: password }));
}

/** Takes credentials out of a helper; false where it had none. Errors as those of `getFromHelper`. */
export async function eraseInHelper(ctx: Where, name: string, server: string): Promise<boolean> {
  if ((await getFromHelper(ctx, name, server)) === undefined) return false;
  await ask(ctx, name, 'erase', server);
  return true;
}

/** The servers that a helper has credentials for. Errors as those of `getFromHelper`. */
export async function listHelper(ctx: Where, name: string): Promise<string[]> {
  return Object.keys(parseAnswer(name, (await ask(ctx, name, 'list', '')) ?? '{}'));
}

/** One call of the protocol; undefined where the helper knows nothing of the server. */
async function ask(ctx: Where, name: string, action: string, input: string): Promise<string | undefined> {
  const program = programOf(ctx, name);
  const { runProgram } = await import('../sys/run-program');
  try {
    const { stdout, stderr, exitCode } = await runProgram(program, [action], {
      input,
      env: ctx.env,
      timeout: PATIENCE,
    });
    if (exitCode === 0) return stdout;
    const said = (stdout.trim() || stderr.trim()).split('\n')[0] ?? '';
    if (said === NOT_FOUND) return undefined;
    const how = exitCode === undefined ? 'was killed' : `ended with ${exitCode}`;
    throw new TspodError('invalid', `it ${how}${said === '' ? '' : `: ${said}`}`);
  } catch (error) {
    throw wrapError(`asking docker-credential-${name} to ${action} credentials`, error);
  }
}

function programOf(ctx: Where, name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw new TspodError('invalid', `"${name}" is no name of a credential helper`);
  const program = findProgram(ctx, `docker-credential-${name}`);
  if (program !== undefined) return program;
  throw new TspodError('machine', `the credential helper "docker-credential-${name}" was not found`, {
    hint: 'install it, or take it out of the configuration of credentials',
  });
}

function parseAnswer(name: string, text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (isErrno(error)) throw error;
  }
  throw senseless(name, text);
}

/** The answer may hold a secret: only its length is told. */
function senseless(name: string, answer: string): TspodError {
  return new TspodError(
    'invalid',
    `docker-credential-${name} gave an answer of ${answer.length} characters that makes no sense`,
  );
}
