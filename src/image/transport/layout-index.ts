import { readJsonFile } from '../../sys/file-io';
import { parseManifest } from '../format/manifest';
import type { Descriptor } from '../format/manifest';

/** What the OCI image layout in a directory lists; nothing where there is none yet. Error `invalid`: it is damaged. */
export function listedIn(directory: string): Descriptor[] {
  const found = readJsonFile(`${directory}/index.json`);
  if (found === undefined) return [];
  const index = parseManifest(Buffer.from(JSON.stringify(found)));
  return 'manifests' in index ? index.manifests : [];
}
