import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import type { IdMapping } from '../../lib/id-mapping';
import { commonMaps } from '../id-maps';
import type { ContainerRecord } from '../record';
import { readRootfsFile, statRootfs, type RootfsView } from '../rootfs/rootfs-view';
import {
  parseGroup,
  parsePasswd,
  resolveUser,
  type ResolvedUser,
  type UserFiles,
} from '../create/user-lookup';

/** Who the program is, and the files that say so where the image's do not. */
export interface SpecUser extends ResolvedUser {
  /** The whole text of the container's own /etc/passwd or /etc/group; undefined: the image's is right. */
  passwd?: string;
  group?: string;
}

const PASSWD_ENTRY = '$USERNAME:*:$UID:$GID:$NAME:$HOME:/bin/sh';
const GROUP_ENTRY = '$GROUPNAME:x:$GID:$USERLIST';

/** Looks the user up in the root, and adds entries for ids that have none (podman-run(1), `--passwd`). */
export function specUser(ctx: Context, record: ContainerRecord, view: RootfsView): SpecUser {
  const files = readUserFiles(view);
  const user = withMappedIds(ctx, record, resolveUser(record.process.user, record.options.groupAdd, files));
  if (record.options.passwd === false) return user;
  const entry = missingEntry(ctx, record, { view, files, user });
  const group = missingGroup(ctx, record, { files, user, name: entry?.name ?? user.name });
  return {
    ...user,
    ...(entry === undefined
      ? {}
      : { passwd: append(files.passwd, entry.line), home: entry.home, name: entry.name }),
    ...(group === undefined ? {} : { group: append(files.group, group) }),
  };
}

/** The root's passwd and group files. */
export function readUserFiles(view: RootfsView): UserFiles {
  return { passwd: readRootfsFile(view, '/etc/passwd'), group: readRootfsFile(view, '/etc/group') };
}

/** Groups that only the image's /etc/group names are left out where they have no id; all others have to have one. Throws 'machine'. */
function withMappedIds(ctx: Context, { idMaps, options }: ContainerRecord, user: ResolvedUser): ResolvedUser {
  if (options.userns.kind === 'path') return user;
  const { uids, gids } = idMaps ?? commonMaps(ctx);
  checkMapped('user', user.uid, uids);
  checkMapped('group', user.gid, gids);
  const groups = user.groups.filter((gid) => isMapped(gid, gids));
  if (groups.length < user.groups.length) {
    if (options.groupAdd.length > 0) for (const gid of user.groups) checkMapped('group', gid, gids);
    ctx.log('debug', 'supplementary groups that are not mapped in the container are left out');
  }
  return { ...user, groups };
}

function checkMapped(what: string, id: number, maps: readonly IdMapping[]): void {
  if (isMapped(id, maps)) return;
  throw new TspodError('machine', `the ${what} id ${id} is not mapped in the container's user namespace`, {
    hint: 'choose another user, map more ids (--userns, --uidmap, --gidmap), or give yourself more in /etc/subuid and /etc/subgid',
  });
}

function isMapped(id: number, maps: readonly IdMapping[]): boolean {
  return maps.some(({ container, size }) => id >= container && id < container + size);
}

function missingEntry(
  ctx: Context,
  record: ContainerRecord,
  { view, files, user }: { view: RootfsView; files: UserFiles; user: ResolvedUser },
): { line: string; home: string; name: string } | undefined {
  // an image without users keeps having none
  if (user.name !== undefined || files.passwd === undefined || isMounted(record, '/etc/passwd'))
    return undefined;
  const { uid, gid } = user;
  const { cwd } = record.process;
  const isCaller = record.options.userns.kind === 'keep-id' && uid === keptId(ctx, record, 'uid');
  const isFree = !parsePasswd(files.passwd).some(({ name }) => name === ctx.user);
  const isKept = isCaller && isFree;
  const hasHome = isKept && (isMounted(record, ctx.home) || statRootfs(view, ctx.home)?.isDirectory());
  const home = hasHome ? ctx.home : cwd;
  const name = isKept ? ctx.user : String(uid);
  const values = { USERNAME: name, UID: uid, GID: gid, NAME: isKept ? '' : 'container user', HOME: home };
  return { line: expand(record.options.passwdEntry ?? PASSWD_ENTRY, values), home, name };
}

function missingGroup(
  ctx: Context,
  record: ContainerRecord,
  { files, user, name }: { files: UserFiles; user: ResolvedUser; name: string | undefined },
): string | undefined {
  if (files.group === undefined || isMounted(record, '/etc/group')) return undefined;
  const groups = parseGroup(files.group);
  if (groups.some(({ gid }) => gid === user.gid)) return undefined;
  const isCaller = record.options.userns.kind === 'keep-id' && user.gid === keptId(ctx, record, 'gid');
  const isFree = !groups.some((group) => group.name === ctx.user);
  const groupName = isCaller && isFree ? ctx.user : user.gid;
  const values = { GROUPNAME: groupName, GID: user.gid, USERLIST: name ?? user.uid };
  return expand(record.options.groupEntry ?? GROUP_ENTRY, values);
}

function expand(entry: string, values: Readonly<Record<string, string | number>>): string {
  return entry.replace(/\$([A-Z]+)/g, (text, name: string) => String(values[name] ?? text));
}

function keptId(ctx: Context, { options }: ContainerRecord, kind: 'uid' | 'gid'): number {
  return (options.userns.kind === 'keep-id' ? options.userns[kind] : undefined) ?? ctx[kind];
}

/** Whether a path is inside something that the user mounts. */
function isMounted({ options }: ContainerRecord, path: string): boolean {
  return options.mounts.some(({ target }) => path === target || path.startsWith(`${target}/`));
}

function append(text: string | undefined, line: string): string {
  const start = text ?? '';
  return `${start}${start === '' || start.endsWith('\n') ? '' : '\n'}${line}\n`;
}
