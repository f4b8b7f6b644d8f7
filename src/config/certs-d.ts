import { readFileSync, readdirSync } from 'node:fs';
import type { Context } from '../lib/context';
import { TspodError, isErrno } from '../lib/errors';

/** What certs.d has for a registry, PEM. */
export interface RegistryCertificates {
  /** Trusted beside those of the system. */
  authorities: Buffer[];
  /** Shown to a registry that asks. */
  clients: ClientCertificate[];
}

/** A client certificate with its key. */
export interface ClientCertificate {
  /** Of the certificate's file. */
  path: string;
  certificate: Buffer;
  key: Buffer;
}

/**
 * The certificates for `host[:port]`: of `directory` (`--cert-dir`) alone where it is given, else of the first folder
 * of containers-certs.d(5) that is there. Error `invalid`: a client certificate lacks its key, or the other way round.
 */
export function findCertificates(
  ctx: Pick<Context, 'home' | 'log'>,
  host: string,
  directory?: string,
): RegistryCertificates {
  const places = [`${ctx.home}/.config/containers/certs.d`, '/etc/containers/certs.d', '/etc/docker/certs.d'];
  for (const folder of directory ? [directory] : places.map((place) => `${place}/${host}`)) {
    const names = namesIn(ctx, folder);
    if (names !== undefined) return readFolder(folder, names);
  }
  return { authorities: [], clients: [] };
}

/** Undefined where the folder is missing or may not be read: the next one is asked then, as Podman does. */
function namesIn(ctx: Pick<Context, 'log'>, folder: string): string[] | undefined {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (!isErrno(error, 'EACCES', 'EPERM')) throw error;
    ctx.log('debug', `${folder}: permission denied, its certificates are passed over`);
    return undefined;
  }
}

function readFolder(folder: string, names: readonly string[]): RegistryCertificates {
  const found: RegistryCertificates = { authorities: [], clients: [] };
  for (const name of names) {
    const base = name.replace(/\.[^.]*$/, '');
    if (name.endsWith('.crt')) found.authorities.push(readFileSync(`${folder}/${name}`));
    else if (name.endsWith('.cert')) found.clients.push(readPair(folder, base, names));
    else if (name.endsWith('.key') && !names.includes(`${base}.cert`))
      throw alone(folder, name, `${base}.cert`);
  }
  return found;
}

function readPair(folder: string, base: string, names: readonly string[]): ClientCertificate {
  if (!names.includes(`${base}.key`)) throw alone(folder, `${base}.cert`, `${base}.key`);
  const path = `${folder}/${base}.cert`;
  return { path, certificate: readFileSync(path), key: readFileSync(`${folder}/${base}.key`) };
}

function alone(folder: string, there: string, missing: string): TspodError {
  return new TspodError('invalid', `"${folder}/${there}" has no "${missing}" beside it`, {
    hint: 'a client certificate NAME.cert needs its key NAME.key; authorities are named NAME.crt',
  });
}
