import { TspodError } from '../../lib/errors';

/** Where an image may lie outside of the store (containers-transports(5)). */
export type Transport = keyof typeof forms;

/** A place of an image, as written `TRANSPORT:DETAILS`. */
export interface TransportReference {
  transport: Transport;
  /** A file or directory; of `docker` and `containers-storage` the image's name. */
  path: string;
  /** Which image there; undefined where nothing is said. */
  reference: string | undefined;
}

const forms = {
  docker: { form: 'docker://NAME', hasReference: false },
  oci: { form: 'oci:PATH[:REFERENCE]', hasReference: true },
  'oci-archive': { form: 'oci-archive:PATH[:REFERENCE]', hasReference: true },
  'docker-archive': { form: 'docker-archive:PATH[:REFERENCE]', hasReference: true },
  dir: { form: 'dir:PATH', hasReference: false },
  'containers-storage': { form: 'containers-storage:NAME', hasReference: false },
} as const;

const refused: Record<string, string> = {
  'docker-daemon': 'tspod does not talk to a Docker daemon: use "docker save NAME | tspod load"',
  sif: 'images of Singularity are not supported',
  tarball: 'use "tspod import" for an archive of a root file system',
  ostree: 'OSTree repositories are not supported',
  atomic: 'the registry of OpenShift is reached with docker://',
};

/**
 * Reads a place with a transport; undefined of any other text, such as an image's name. Errors: `usage` when its path is
 * missing, `unsupported` for a transport that is known and not supported.
 */
export function parseTransport(text: string): TransportReference | undefined {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(colon, 0));
  const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (reason !== undefined)
    throw new TspodError('unsupported', `"${text}": ${name}: is not supported`, { hint: reason });
  if (!Object.hasOwn(forms, name)) return undefined;
  const transport = name as Transport;
  const found = split(transport, text.slice(colon + 1));
  if (found !== undefined) return { transport, ...found };
  throw new TspodError('usage', `"${text}": expected ${forms[transport].form}`);
}

/** The place that a text names, where that is not a registry; undefined of an image's name and of `docker://NAME`. */
export function localTransport(text: string): TransportReference | undefined {
  const place = parseTransport(text);
  return place?.transport === 'docker' ? undefined : place;
}

function split(transport: Transport, details: string): Omit<TransportReference, 'transport'> | undefined {
  if (transport === 'docker') {
    return /^\/\/./.test(details) ? { path: details.slice(2), reference: undefined } : undefined;
  }
  const colon = forms[transport].hasReference ? details.indexOf(':') : -1;
  const path = colon < 0 ? details : details.slice(0, colon);
  const reference = colon < 0 || colon === details.length - 1 ? undefined : details.slice(colon + 1);
  return path === '' ? undefined : { path, reference };
}
