import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of a certificate authority, and of a server and a client that it vouches for. All PEM. */
export interface Certificates {
  ca: string;
  /** For `localhost` and 127.0.0.1. */
  certificate: string;
  key: string;
  clientCertificate: string;
  clientKey: string;
}

/** Makes a certificate authority of the tests' own in `folder`, with openssl. */
export function makeCertificates(folder: string): Certificates {
  const ca = join(folder, 'ca.crt');
  const caKey = join(folder, 'ca.key');
  openssl(['req', '-x509', ...newKey(caKey), '-out', ca, '-days', '2', '-subj', '/CN=tspod test authority']);
  const issue = (name: string, extensions: string) => {
    const file = (ending: string) => join(folder, `${name}.${ending}`);
    writeFileSync(file('ext'), extensions);
    openssl(['req', ...newKey(file('key')), '-out', file('csr'), '-subj', `/CN=${name}`]);
    openssl([
      ...['x509', '-req', '-in', file('csr'), '-CA', ca, '-CAkey', caKey, '-CAcreateserial'],
      ...['-days', '2', '-extfile', file('ext'), '-out', file('crt')],
    ]);
    return { certificate: file('crt'), key: file('key') };
  };
  const server = issue('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  const client = issue('client', 'extendedKeyUsage=clientAuth\n');
  return { ca, ...server, clientCertificate: client.certificate, clientKey: client.key };
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file];
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
