import { fstatSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { createSecret, type SecretRequest } from '../../../secret/create-secret';
import type { Context } from '../../../lib/context';
import { describeError, TspodError } from '../../../lib/errors';
import { defineCommand } from '../../define-command';
import { configure } from '../../options/configure';

/** `tspod secret create`. */
export default defineCommand({
  summary: 'Create a new secret',
  usage: '[options] NAME FILE|-',
  description:
    'Keeps the content of a file, of standard input ("-") or, with --env, of a variable under a name, for --secret of ' +
    '"tspod run". Its id is printed. It has at most 511999 bytes.\n' +
    'The driver file keeps each secret in a file of its own in the store, mode 0600, and so does a container that was made ' +
    'with it: not encrypted, since the key would lie beside it; who can read your files can read it. The driver shell hands ' +
    'it to commands of yours, which find its id in SECRET_ID: store gets the data on standard input, lookup prints them, ' +
    'delete removes them, list prints all ids.',
  examples: [
    'tspod secret create token token.txt',
    'printf %s "$PASSWORD" | tspod secret create password -',
    'tspod secret create --env --replace password PASSWORD',
    'tspod secret create --driver shell --driver-opts list=L,lookup=G,store=S,delete=D token -',
  ],
  options: {
    driver: { type: 'string', short: 'd', value: 'DRIVER', description: 'file (the default) or shell' },
    'driver-opts': { type: 'list', value: 'KEY=VALUE', description: 'Options of the driver', commas: true },
    env: { type: 'boolean', default: false, description: 'Take the data from an environment variable' },
    ignore: { type: 'boolean', default: false, description: 'Do not fail if the secret exists' },
    label: { type: 'list', short: 'l', value: 'KEY=VALUE', description: 'Set metadata for the secret' },
    replace: { type: 'boolean', default: false, description: 'Replace a secret that has this name' },
  },
  args: { min: 2, max: 2 },
  async run(ctx, flags, [name = '', source = ''], output) {
    if (flags.replace && flags.ignore)
      throw new TspodError('usage', '--replace and --ignore cannot be used together');
    const data = flags.env ? readVariable(ctx, source) : readSource(source);
    const secret = createSecret(ctx, {
      name,
      data,
      labels: parsePairs(flags.label),
      ...(await chooseDriver(ctx, flags.driver, parseOptions(flags['driver-opts']))),
      ...(flags.replace ? { existing: 'replace' } : flags.ignore ? { existing: 'ignore' } : {}),
    });
    output.print(secret.id);
  },
});

/** containers.conf says which driver there is, and with which options, where none is named. */
async function chooseDriver(
  ctx: Context,
  driver: string | undefined,
  driverOptions: Record<string, string>,
): Promise<Pick<SecretRequest, 'driver' | 'driverOptions'>> {
  if (driver !== undefined) return { driver, driverOptions };
  await configure(ctx);
  const { driver: configured = 'file', options = {} } = ctx.defaults?.secrets ?? {};
  return { driver: configured, driverOptions: { ...options, ...driverOptions } };
}

function readVariable({ env }: Context, name: string): Buffer {
  const value = env[name];
  if (value) return Buffer.from(value);
  throw new TspodError('usage', `cannot create store secret data: environment variable ${name} is not set`);
}

function readSource(path: string): Buffer {
  if (path === '-' || path === '/dev/stdin') {
    if (isatty(0) || fstatSync(0).isCharacterDevice())
      throw new TspodError('usage', 'if `-` is used, data must be passed into stdin');
    return readFileSync(0);
  }
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = describeError(cause).replace(/^.*: /, '');
    throw new TspodError('not-found', `open ${path}: ${reason}`, { cause });
  }
}

function parsePairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

function parseOptions(texts: readonly string[]): Record<string, string> {
  for (const text of texts) {
    if (!text.includes('='))
      throw new TspodError('usage', `invalid driver option: ${text} must be formatted as key=value`);
  }
  return parsePairs(texts);
}
