import { closeSync, openSync, statSync } from 'node:fs';
import { withFileLock } from './file-lock';
import { libc } from './native-library';
import { systemCallError } from './system-call';

/** quotactl_fd(2): the same number on all machines. */
const SYS_QUOTACTL_FD = 443;
const PROJECT = 2;
const GET_QUOTA = command(0x800007);
const SET_QUOTA = command(0x800008);
const GET_STATE = command(0x5808); // Q_XGETQSTATV
/** FS_QUOTA_PDQ_ENFD: limits of projects hold, and their use is not only counted. */
const ENFORCED = 1 << 5;
/** Of struct if_dqblk. */
const HARD_LIMIT = 0;
const INODES = 40;
const VALID = 64;
const BLOCK_LIMITS = 1;

const GET_ATTRIBUTES = 0x801c581f; // FS_IOC_FSGETXATTR
const SET_ATTRIBUTES = 0x401c5820;
/** Of struct fsxattr. */
const FLAGS = 0;
const PROJECT_ID = 12;
const INHERIT = 0x200;

/** Far from the ids that people number their projects with. */
const FIRST_ID = 1 << 30;
const MOST_IDS = 1 << 20;

/**
 * Whether the sizes of directories on the file system of `path` can be limited by its project quotas (xfs, ext4): it has to be
 * mounted with prjquota, and this process has to be the machine's root.
 */
export function hasProjectQuotas(path: string): boolean {
  return withOpen(path, (fd) => {
    const state = Buffer.alloc(256);
    state[0] = 1; // FS_QSTATV_VERSION1
    const isEnforced = quotactl(fd, { command: GET_STATE, id: 0, buffer: state }) === undefined;
    return isEnforced && (state.readUInt16LE(2) & ENFORCED) !== 0 && inodesOf(fd, FIRST_ID) !== undefined;
  });
}

/**
 * Limits what new and empty directories, and all that comes into them, take up together, in bytes. The limit goes with the directories: an id
 * of which no file is left is taken again. `lock` keeps two from the same id.
 */
export function limitDirectories(paths: readonly string[], size: number, lock: string): void {
  const [first = ''] = paths;
  // each store begins elsewhere
  const from = FIRST_ID + (statSync(lock.slice(0, lock.lastIndexOf('/'))).ino % 1024) * 1024;
  withFileLock(lock, () =>
    withOpen(first, (fd) => {
      const id = freeId(fd, from);
      setLimit(fd, { id, size, path: first });
      for (const path of paths) withOpen(path, (directory) => join(directory, id, path));
    }),
  );
}

function freeId(fd: number, from: number): number {
  for (let id = from; id < from + MOST_IDS; id++) if (inodesOf(fd, id) === 0n) return id;
  throw new Error('no project id is left for a size limit');
}

/** How many files have this project; undefined where that cannot be known. */
function inodesOf(fd: number, id: number): bigint | undefined {
  const buffer = Buffer.alloc(72);
  const error = quotactl(fd, { command: GET_QUOTA, id, buffer });
  if (error === undefined) return buffer.readBigUInt64LE(INODES);
  return error.code === 'ENOENT' ? 0n : undefined;
}

function setLimit(fd: number, { id, size, path }: { id: number; size: number; path: string }): void {
  const buffer = Buffer.alloc(72);
  buffer.writeBigUInt64LE(BigInt(Math.ceil(size / 1024)), HARD_LIMIT);
  buffer.writeUInt32LE(BLOCK_LIMITS, VALID);
  const error = quotactl(fd, { command: SET_QUOTA, id, buffer });
  if (error) throw Object.assign(error, { path });
}

/** New files in it belong to the project, too; statfs(2) tells of the limit. */
function join(fd: number, id: number, path: string): void {
  const call = libc('int ioctl(int fd, unsigned long request, _Inout_ uint8_t *argument)');
  const attributes = Buffer.alloc(28);
  if (call(fd, GET_ATTRIBUTES, attributes) !== 0) throw systemCallError('ioctl FS_IOC_FSGETXATTR', path);
  attributes.writeUInt32LE((attributes.readUInt32LE(FLAGS) | INHERIT) >>> 0, FLAGS);
  attributes.writeUInt32LE(id, PROJECT_ID);
  if (call(fd, SET_ATTRIBUTES, attributes) !== 0) throw systemCallError('ioctl FS_IOC_FSSETXATTR', path);
}

interface Request {
  command: number;
  id: number;
  buffer: Buffer;
}

function quotactl(fd: number, { command, id, buffer }: Request): NodeJS.ErrnoException | undefined {
  const call = libc(
    'long syscall(long number, unsigned int fd, unsigned int command, unsigned int id, _Inout_ uint8_t *address)',
  );
  const result = Number(call(SYS_QUOTACTL_FD, fd, command, id, buffer));
  return result === 0 ? undefined : systemCallError('quotactl_fd');
}

function withOpen<T>(path: string, work: (fd: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}

function command(number: number): number {
  return ((number << 8) | PROJECT) >>> 0;
}
