import { TspodError, wrapError } from '../../lib/errors';
import { checkLayerCount } from '../format/check-image-manifest';
import { dockerReference, formatReference, parseReference } from '../name/reference';
import { readArchiveFile, requireArchiveFile } from './archive-files';
import type { ArchiveFiles } from './archive-files';
import type { ArchivedImage } from './archived-image';

/** One image of manifest.json. Source: moby image/spec/spec.md, "Combined Image JSON + Filesystem Changeset Format". */
interface DockerItem {
  Config: string;
  RepoTags: string[] | null;
  Layers: string[];
}

/** The images of an archive as `docker save` writes it. Error `invalid`. */
export function readDockerArchive(files: ArchiveFiles): ArchivedImage[] {
  return parseItems(readArchiveFile(files, 'manifest.json')).map((item) => readItem(files, item));
}

function readItem(files: ArchiveFiles, item: DockerItem): ArchivedImage {
  checkLayerCount(item.Layers.length);
  const names = (item.RepoTags ?? []).map((name) => formatReference(dockerReference(parseName(name))));
  return {
    names,
    config: readArchiveFile(files, item.Config),
    manifest: undefined,
    layers: item.Layers.map((path) => ({ range: requireArchiveFile(files, path) })),
  };
}

function parseItems(data: Buffer): DockerItem[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data.toString());
  } catch (error) {
    throw new TspodError('invalid', `manifest.json is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(parsed) || !parsed.every(isItem)) {
    throw new TspodError('invalid', 'manifest.json does not list images');
  }
  if (parsed.length === 0) throw new TspodError('invalid', 'manifest.json lists no image');
  return parsed;
}

function isItem(item: Partial<DockerItem> | null): boolean {
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
  return item !== null && isText(item.Config) && isTexts(item.Layers) && isTexts(item.RepoTags ?? []);
}

function parseName(name: string): ReturnType<typeof parseReference> {
  try {
    return parseReference(name);
  } catch (error) {
    throw wrapError('reading manifest.json', error);
  }
}
