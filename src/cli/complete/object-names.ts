import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from './candidate';

/** What names can be asked for. */
export type Noun = 'container' | 'image' | 'network' | 'volume' | 'secret';

/** The names of the store, sorted; read here and not by the verbs, since no more of it is needed. */
export const namesOf: Readonly<Record<Noun, (root: string) => Candidate[]>> = {
  container: (root) => namesIn(join(root, 'names')),
  image: imageNames,
  network: networkNames,
  secret: secretNames,
  volume: (root) => namesIn(join(root, 'volumes')),
};

function namesIn(directory: string): Candidate[] {
  try {
    return toCandidates(readdirSync(directory));
  } catch {
    return [];
  }
}

function imageNames(root: string): Candidate[] {
  const index = readJson<OciIndex>(join(root, 'index.json'));
  const manifests = index?.manifests ?? [];
  return toCandidates(
    manifests.flatMap((each) => each.annotations?.['org.opencontainers.image.ref.name'] ?? []),
  );
}

/** The default network is there without a file. */
function networkNames(root: string): Candidate[] {
  const files = namesIn(join(root, 'networks')).flatMap(({ word }) => /^(.*)\.json$/.exec(word)?.[1] ?? []);
  return toCandidates(['podman', ...files]);
}

function secretNames(root: string): Candidate[] {
  const { secrets } = readJson<SecretsFile>(join(root, 'secrets/secrets.json')) ?? {};
  return toCandidates(Object.values(secrets ?? {}).flatMap(({ name }) => name ?? []));
}

function toCandidates(names: readonly string[]): Candidate[] {
  return [...new Set(names)].sort().map((word) => ({ word }));
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

interface OciIndex {
  manifests?: { annotations?: Record<string, string> }[];
}

interface SecretsFile {
  secrets?: Record<string, { name?: string }>;
}
