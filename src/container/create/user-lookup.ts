import { TspodError } from '../../lib/errors';

/** A line of /etc/passwd. */
export interface PasswdEntry {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

/** A line of /etc/group. */
export interface GroupEntry {
  name: string;
  gid: number;
  members: string[];
}

/** The container's own files; undefined where it has none. */
export interface UserFiles {
  passwd: string | undefined;
  group: string | undefined;
}

/** What a program runs as. */
export interface ResolvedUser {
  uid: number;
  gid: number;
  /** Supplementary groups of /etc/group and of the caller's wish, without repeats. */
  groups: number[];
  home: string;
  /** Of /etc/passwd; undefined when the uid is not in it. */
  name: string | undefined;
  /** Whether a group was named beside the user. */
  hasGroup: boolean;
}

/** Greatest id of the kernel, which keeps 2^32-1 for 'none'. */
const GREATEST_ID = 2 ** 32 - 2;

/**
 * Who `user` is: a name or number, with a group after a colon; empty is root. Groups of `/etc/group` count when no group is
 * given. Names have to be in the files, numbers need not. Throws 'not-found' with exit status 126, as Podman.
 */
export function resolveUser(user: string, added: readonly string[], files: UserFiles): ResolvedUser {
  const [who = '', group] = splitUser(user);
  const passwd = parsePasswd(files.passwd ?? '');
  const groups = parseGroup(files.group ?? '');
  const entry = findUser(passwd, who);
  const uid = entry?.uid ?? Number(who);
  const gid = group === undefined ? (entry?.gid ?? 0) : findGroup(groups, group);
  const own = group === undefined && entry ? groups.filter((each) => each.members.includes(entry.name)) : [];
  const extra = added.filter((name) => name !== 'keep-groups').map((name) => findGroup(groups, name));
  return {
    uid,
    gid,
    groups: [...new Set([...own.map((each) => each.gid), ...extra])],
    home: entry?.home || '/',
    name: entry?.name,
    hasGroup: group !== undefined,
  };
}

/** The entries of a passwd file; malformed lines are passed over, as getpwent(3) does. */
export function parsePasswd(text: string): PasswdEntry[] {
  return lines(text).flatMap(([name = '', , uid = '', gid = '', , home = '']) =>
    name !== '' && isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home }] : [],
  );
}

/** The entries of a group file. */
export function parseGroup(text: string): GroupEntry[] {
  return lines(text).flatMap(([name = '', , gid = '', members = '']) =>
    name !== '' && isId(gid)
      ? [{ name, gid: Number(gid), members: members.split(',').map((each) => each.trim()) }]
      : [],
  );
}

function splitUser(user: string): [string, string | undefined] {
  const colon = user.indexOf(':');
  const who = colon < 0 ? user : user.slice(0, colon);
  const group = colon < 0 ? '' : user.slice(colon + 1);
  return [who === '' ? '0' : who, group === '' ? undefined : group];
}

/** By name first: a name may consist of digits. */
function findUser(passwd: readonly PasswdEntry[], who: string): PasswdEntry | undefined {
  const found = passwd.find(({ name }) => name === who);
  if (found) return found;
  if (isId(who)) return passwd.find(({ uid }) => uid === Number(who));
  throw missing('user', who, 'passwd');
}

function findGroup(groups: readonly GroupEntry[], group: string): number {
  const found = groups.find(({ name }) => name === group);
  if (found) return found.gid;
  if (isId(group)) return Number(group);
  throw missing('group', group, 'group');
}

function missing(what: string, name: string, file: string): TspodError {
  return new TspodError('not-found', `unable to find ${what} ${name}: no matching entries in ${file} file`, {
    exitCode: 126,
    hint: `give the number of the ${what}, or add it to /etc/${file} of the image`,
  });
}

function lines(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

function isId(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= GREATEST_ID;
}
