import { TspodError } from '../../lib/errors';
import { markTransient } from './transient';

const reasons: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed by the other side',
  EPIPE: 'the connection was closed by the other side',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ENETDOWN: 'the network is down',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
  EMFILE: 'too many open files (ulimit -n)',
  HPE_INVALID_CONSTANT: 'the answer is not HTTP',
};

/** Those that stay as they are, however often it is tried. */
const lasting = new Set(['ENOTFOUND', 'EACCES', 'EPERM', 'EMFILE']);

/** Whether an error, or what it wraps, says that the other side does not speak TLS at all. */
export function isNotTls(error: unknown): boolean {
  if (error instanceof TspodError) return isNotTls(error.cause);
  const code = codeOf(rootCause(error));
  return code === 'EPROTO' || code.startsWith('ERR_SSL_WRONG_VERSION') || code.startsWith('ERR_SSL_PACKET');
}

/** A host, and the proxy that leads there. */
export function placeOf(url: URL, proxy: URL | undefined): string {
  return `${url.protocol}//${url.host}${proxy === undefined ? '' : ` through the proxy ${proxy.host}`}`;
}

/** What went wrong on the way to a host, in the words of a user, with the cure. */
export function transportError(url: URL, error: unknown, proxy?: URL): TspodError {
  if (error instanceof TspodError) return error;
  const cause = rootCause(error);
  const code = codeOf(cause);
  if (isCertificateError(code)) return certificateError(url, cause);
  if (isNotTls(cause) && proxy?.protocol !== 'https:') {
    return new TspodError('network', `${url.host} does not speak TLS (or not the same)`, {
      hint: `--tls-verify=false tries plain http too; or insecure = true for "${url.host}" in registries.conf`,
      cause: error,
    });
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return tlsError(url, cause);
  const failure = new TspodError('network', `contacting ${placeOf(url, proxy)}: ${reasonOf(cause)}`, {
    ...hintOf(code, url, proxy),
    cause: error,
  });
  return lasting.has(code) ? failure : markTransient(failure);
}

/** What a failure means, for people. */
export function reasonOf(error: unknown): string {
  const cause = rootCause(error);
  return reasons[codeOf(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
}

function hintOf(code: string, { host }: URL, proxy: URL | undefined): { hint?: string } {
  if (proxy !== undefined)
    return { hint: 'check the proxy of the environment, or add the registry to NO_PROXY' };
  if (code === 'ENOTFOUND') return { hint: 'check the name of the registry and the name servers' };
  return code === 'ECONNREFUSED' ? { hint: `check that a registry listens at ${host}` } : {};
}

/** What OpenSSL says at the end of `error:0A00045C:SSL routines::tlsv13 alert certificate required`. */
export function opensslReason(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return reason.replace(/^.*?(?:SSL|PEM|X509|x509 certificate) routines:[^:]*:/s, '').replace(/:.*$/s, '');
}

function tlsError(url: URL, cause: unknown): TspodError {
  const short = opensslReason(cause);
  const isClientCertificate = /certificate required|bad certificate|handshake failure/.test(short);
  return new TspodError('network', `TLS with ${url.host}: ${short}`, {
    ...(isClientCertificate
      ? {
          hint: `it may ask for a client certificate: put NAME.cert and NAME.key into certs.d/${url.host}, or use --cert-dir`,
        }
      : {}),
    cause,
  });
}

const certificateReasons: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'it is signed by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority that is not trusted',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it is revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it belongs to another host',
};

function isCertificateError(code: string): boolean {
  return code in certificateReasons || /^(CERT|UNABLE_TO|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH)/.test(code);
}

function certificateError(url: URL, cause: unknown): TspodError {
  const reason =
    certificateReasons[codeOf(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
  return new TspodError('network', `the certificate of ${url.host} is not accepted: ${reason}`, {
    hint: `${certificateCure(codeOf(cause), url)}; --tls-verify=false verifies nothing`,
    cause,
  });
}

function certificateCure(code: string, { host }: URL): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'use the name that the certificate is for';
  if (/EXPIRED|NOT_YET_VALID|REVOKED/.test(code))
    return 'the registry needs a new one, unless the clock of this machine is wrong';
  return `put the authority's certificate into certs.d/${host}/ca.crt, or use --cert-dir`;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? '') : '';
}

/** Of several addresses that were all tried, the first failure. */
function rootCause(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
}
