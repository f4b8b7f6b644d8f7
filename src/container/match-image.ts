import type { ContainerRecord } from './record';

/**
 * Whether a container was made from the image that `wanted` names: an id or the beginning of one (six digits or more), the
 * full name, or a name without registry, folders, or the tag `latest`.
 */
export function matchesImage(record: ContainerRecord, wanted: string): boolean {
  const id = wanted.replace(/^sha256:/, '');
  if (/^[0-9a-f]{6,64}$/.test(id) && record.imageId.replace(/^sha256:/, '').startsWith(id)) return true;
  if (record.imageName === '') return wanted !== '' && record.options.image === wanted;
  const name = record.imageName;
  const withTag = /[:@][^/]*$/.test(wanted) ? wanted : `${wanted}:latest`;
  return name === withTag || name.endsWith(`/${withTag}`);
}
