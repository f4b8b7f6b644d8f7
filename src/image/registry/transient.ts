import { wrapError } from '../../lib/errors';
import type { TspodError } from '../../lib/errors';

/** What is known of a failure that may pass. */
export interface Transience {
  /** How long the registry asked to wait, in ms. */
  retryAfter?: number;
}

const known = new WeakMap<object, Transience>();

/** Marks an error as one that may pass when the request is made again; answers the error. */
export function markTransient<E extends Error>(error: E, transience: Transience = {}): E {
  known.set(error, transience);
  return error;
}

/** What was marked; undefined for an error that stays. */
export function transienceOf(error: unknown): Transience | undefined {
  return typeof error === 'object' && error !== null ? known.get(error) : undefined;
}

/** As `wrapError`; an error that may pass stays one. */
export function during(action: string, error: unknown): TspodError {
  const wrapped = wrapError(action, error);
  const transience = transienceOf(error);
  return transience === undefined ? wrapped : markTransient(wrapped, transience);
}

/** Takes the mark away: nobody is to wait for this. */
export function asLasting(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) known.delete(error);
  return error;
}
