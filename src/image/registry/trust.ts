import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import type { ClientCertificate, RegistryCertificates } from '../../config/certs-d';
import { TspodError, isErrno, wrapError } from '../../lib/errors';
import { opensslReason } from './transport-error';

// where Go looks, in its order
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** What a TLS connection to a registry is made with. */
export interface Trust {
  /** The certificates of the machine and of certs.d, and what is shown to a registry that asks. */
  context(): SecureContext;
  /** The same without client certificates: for other hosts that a registry redirects to. */
  anonymousContext(): SecureContext;
  verify: boolean;
}

/**
 * Puts together the machine's certificate authorities (SSL_CERT_FILE instead and SSL_CERT_DIR, where they are set) and those of certs.d.
 * Nothing is read before it is needed; authorities are not read at all when nothing is verified.
 */
export function makeTrust(
  certificates: () => RegistryCertificates,
  options: { verify: boolean; env: Environment },
): Trust {
  const { verify, env } = options;
  const make = (own: RegistryCertificates, isAnonymous: boolean): SecureContext => {
    const tls = process.getBuiltinModule('node:tls');
    const clients = isAnonymous ? [] : own.clients;
    try {
      return tls.createSecureContext({
        // none at all, not Node's own, which take 25 ms to read
        ca: verify ? [...machineAuthorities(env), ...own.authorities] : [],
        ...(clients.length === 0
          ? {}
          : { cert: clients.map(({ certificate }) => certificate), key: clients.map(({ key }) => key) }),
      });
    } catch (error) {
      throw brokenClient(clients) ?? wrapError('reading certificates', error);
    }
  };
  const read = once(certificates);
  return {
    verify,
    context: once(() => make(read(), false)),
    anonymousContext: once(() => make(read(), true)),
  };
}

/** The error of the client certificate that cannot be used. */
function brokenClient(clients: readonly ClientCertificate[]): TspodError | undefined {
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  for (const { path, certificate: cert, key } of clients) {
    try {
      createSecureContext({ ca: [], cert, key });
    } catch (cause) {
      return new TspodError(
        'invalid',
        `"${path}" and the key beside it cannot be used: ${opensslReason(cause)}`,
        {
          hint: 'both have to be PEM, the key without a passphrase',
          cause,
        },
      );
    }
  }
  return undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** As in Go: those of one file, and where SSL_CERT_DIR is set those in its folders. */
function machineAuthorities(env: Environment): readonly (string | Buffer)[] {
  return [...ofBundle(env['SSL_CERT_FILE']), ...ofFolders(env['SSL_CERT_DIR'])];
}

function ofFolders(folders = ''): Buffer[] {
  return folders.split(':').flatMap((folder) => {
    const files = folder === '' ? [] : (tryRead(() => readdirSync(folder)) ?? []);
    return files.flatMap((name) => tryRead(() => readFileSync(join(folder, name))) ?? []);
  });
}

function ofBundle(chosen: string | undefined): readonly (string | Buffer)[] {
  for (const path of chosen === undefined || chosen === '' ? bundles : [chosen]) {
    const found = tryRead(() => readFileSync(path));
    if (found !== undefined) return [found];
  }
  // a machine without ca-certificates: those that Node brings along
  return process.getBuiltinModule('node:tls').rootCertificates;
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR')) throw error;
    return undefined;
  }
}

function once<T>(make: () => T): () => T {
  let value: { made: T } | undefined;
  return () => (value ??= { made: make() }).made;
}
