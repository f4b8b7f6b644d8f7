import { deleteManifest, getManifest, headManifest, putManifest } from './manifest-calls';
import { getBlob, hasBlob, mountBlob } from './blob-calls';
import { listTags } from './list-tags';
import type { Session } from './session';
import type { Repository } from './types';
import { uploadBlob } from './upload-blob';

/** One repository of a registry, and what may be done there. */
export interface RepositoryCalls {
  session: Session;
  /** `library/busybox`. */
  path: string;
  /** How it is called in messages: `docker.io/library/busybox`. */
  label: string;
  /** What tokens have to allow. */
  scopes: readonly string[];
}

/** The repository at `path`, to be read, or written to as well. */
export function makeRepository(
  session: Session,
  path: string,
  { label, canPush }: { label: string; canPush: boolean },
): Repository {
  const calls: RepositoryCalls = {
    session,
    path,
    label,
    scopes: [scopeOf(path, canPush ? 'pull,push' : 'pull')],
  };
  return {
    name: `${session.host}/${path}`,
    manifest: (reference) => getManifest(calls, reference),
    headManifest: (reference) => headManifest(calls, reference),
    putManifest: (reference, bytes, mediaType) => putManifest(calls, reference, { bytes, mediaType }),
    deleteManifest: (digest) => deleteManifest(calls, digest),
    blob: (digest, from = 0) => getBlob(calls, digest, from),
    hasBlob: (digest) => hasBlob(calls, digest),
    mountBlob: (digest, fromPath) => mountBlob(calls, digest, fromPath),
    putBlob: (blob) => uploadBlob(calls, blob),
    tags: () => listTags(calls),
  };
}

/** A scope of the distribution specification for tokens. */
function scopeOf(path: string, actions: string): string {
  return `repository:${path}:${actions}`;
}
