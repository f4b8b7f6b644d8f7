import { existsSync, readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import type { OciSpec } from '../../runtime/oci-spec';
import type { ContainerRecord } from '../record';
import { rootView } from '../spec/root-view';
import { readUserFiles } from '../spec/spec-user';
import type { UserFiles } from '../create/user-lookup';

/** /etc/passwd and /etc/group as the running container sees them: files that are mounted there come before those of the image. */
export function userFilesOf(ctx: Context, record: ContainerRecord, spec: OciSpec): UserFiles {
  const files = readUserFiles(rootView(ctx, record));
  return {
    passwd: mountedFile(spec, '/etc/passwd') ?? files.passwd,
    group: mountedFile(spec, '/etc/group') ?? files.group,
  };
}

function mountedFile(spec: OciSpec, path: string): string | undefined {
  const source = spec.mounts.find(({ destination }) => destination === path)?.source;
  return source !== undefined && existsSync(source) ? readFileSync(source, 'utf8') : undefined;
}
