import { realpathSync } from 'node:fs';
import { TspodError, wrapError } from '../../lib/errors';
import { SUBPATH } from '../../runtime/mount-flags';
import type { OciMount, OciSpec } from '../../runtime/oci-spec';

/** Other OCI runtimes know no sub-paths: the source itself becomes the part. Throws 'usage' for one that leads out of it. */
export function resolveSubpaths(spec: OciSpec): void {
  spec.mounts = spec.mounts.map(resolveMount);
}

function resolveMount(mount: OciMount): OciMount {
  const option = mount.options?.find((each) => each.startsWith(SUBPATH));
  if (option === undefined || mount.source === undefined) return mount;
  const subpath = option.slice(SUBPATH.length);
  if (/\/image-\d+\/merged$/.test(mount.source))
    throw new TspodError(
      'unsupported',
      `subpath "${subpath}" of an image is not supported with another OCI runtime`,
      {
        hint: 'mount the whole image, or leave --runtime out',
      },
    );
  const [outer, inner] = [realPath(mount.source), realPath(`${mount.source}/${subpath}`)];
  if (inner !== outer && !inner.startsWith(`${outer}/`))
    throw new TspodError('usage', `subpath "${subpath}" is outside of "${mount.source}"`, { exitCode: 126 });
  return { ...mount, source: inner, options: (mount.options ?? []).filter((each) => each !== option) };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw wrapError('mounting a subpath', error);
  }
}
