import { readFileSync, writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { OciSpec } from '../../runtime/oci-spec';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { readRootfsFile } from '../rootfs/rootfs-view';
import { fileMount } from '../spec/etc-files';
import { rootView } from '../spec/root-view';
import { parsePasswd } from '../create/user-lookup';

const PASSWD = '/etc/passwd';

/** Adds users of the host to the container's /etc/passwd, unless it knows their names or ids. Throws 'not-found'. */
export function addHostUsers(ctx: Context, record: ContainerRecord, spec: OciSpec): void {
  const names = record.options.further?.hostUsers ?? [];
  if (names.length === 0 || record.options.passwd === false) return;
  const own = `${containerPaths(ctx, record.id).directory}/passwd`;
  const mounted = spec.mounts.find(({ destination }) => destination === PASSWD);
  // a file of the user's own stays as it is
  if (mounted !== undefined && mounted.source !== own) return;
  const text = mounted ? readFileSync(own, 'utf8') : (readRootfsFile(rootView(ctx, record), PASSWD) ?? '');
  const known = parsePasswd(text);
  const added = names
    .map((name) => hostEntry(name, record))
    .filter(({ name, uid }) => !known.some((entry) => entry.name === name || entry.uid === uid));
  if (added.length === 0) return;
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  writeFileSync(own, `${start}${added.map(({ line }) => `${line}\n`).join('')}`, { mode: 0o644 });
  if (!mounted) spec.mounts.push(fileMount(own, PASSWD, record));
}

/** The user's line, without a password, and with the working directory for a home. */
function hostEntry(user: string, record: ContainerRecord): { name: string; uid: number; line: string } {
  const lines = readFileSync(PASSWD, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = lines.find(([name, , uid]) => name === user || uid === user);
  if (found === undefined)
    throw new TspodError('not-found', `--hostuser: unknown user ${user}`, {
      exitCode: 126,
      hint: 'name a user of /etc/passwd of this machine',
    });
  const [name = '', , uid = '', gid = '', comment = ''] = found;
  const line = `${name}:*:${uid}:${gid}:${comment}:${record.process.cwd}:/bin/sh`;
  return { name, uid: Number(uid), line };
}
