import type { Context } from '../lib/context';
import { TspodError, wrapError } from '../lib/errors';
import { randomId } from '../lib/id';
import { formatRfc3339, nowNs } from '../lib/time';
import { recordEvent } from '../store/events/record-event';
import type { Secret } from './secret';
import { checkDriver, driverOf } from './secret-driver';
import { listSecrets, lockSecrets, writeSecrets } from './secret-store';

/** What a secret is made of. */
export interface SecretRequest {
  name: string;
  data: Buffer;
  labels: Record<string, string>;
  driver: string;
  driverOptions: Readonly<Record<string, string>>;
  /** What becomes of one that has this name: absent, it is an error. */
  existing?: 'replace' | 'ignore';
}

/** Bytes: less than this. */
const LARGEST = 512_000;
const ID_DIGITS = 25;

/** Makes a secret; one that is replaced gets a new id. Throws 'usage', 'exists', and what its driver says. */
export function createSecret(ctx: Context, request: SecretRequest): Secret {
  checkName(request.name);
  if (request.data.length === 0 || request.data.length >= LARGEST)
    throw new TspodError('usage', `secret data must be larger than 0 and less than ${LARGEST} bytes`);
  const driver = checkDriver(ctx, request.driver, request.driverOptions);
  return lockSecrets(ctx, () => {
    const secrets = listSecrets(ctx);
    const old = secrets.find(({ name }) => name === request.name);
    if (old !== undefined && request.existing === 'ignore') return old;
    if (old !== undefined && request.existing !== 'replace') throw nameInUse(request.name);
    const secret = makeSecret(request, driver, old);
    const kept = secrets.filter((each) => each !== old);
    try {
      driverOf(ctx, driver).store(secret.id, request.data);
    } catch (error) {
      throw wrapError(`creating secret ${request.name}`, error);
    }
    writeSecrets(ctx, [...kept, secret]);
    if (old !== undefined) driverOf(ctx, old).remove(old.id);
    recordEvent(ctx, { type: 'secret', status: 'create', id: secret.id, name: secret.name });
    return secret;
  });
}

function makeSecret(
  { name, labels }: SecretRequest,
  driver: Pick<Secret, 'driver' | 'driverOptions'>,
  old: Secret | undefined,
): Secret {
  const now = formatRfc3339(nowNs());
  const id = randomId().slice(0, ID_DIGITS);
  return { id, name, labels, created: old?.created ?? now, updated: now, ...driver };
}

function checkName(name: string): void {
  if (name.length >= 1 && name.length <= 253 && !/[=/,\0]/.test(name)) return;
  throw new TspodError(
    'usage',
    `secret name "${name}" can not include '=', '/', ',', or the '\\0' (NULL) and be between 1 and 253 characters: invalid secret name`,
  );
}

function nameInUse(name: string): TspodError {
  return new TspodError('exists', `${name}: secret name in use`, {
    hint: 'use --replace, or remove it first: tspod secret rm',
  });
}
