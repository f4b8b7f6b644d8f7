/** Begins the option of a bind that takes only this part of its source. */
export const SUBPATH = 'subpath=';

/** Mount options of mount(8) that are flags of mount(2), as in the runtime-spec's table of Linux mount options. */
const SET = {
  ro: 0x1,
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  sync: 0x10,
  remount: 0x20,
  mand: 0x40,
  dirsync: 0x80,
  nosymfollow: 0x100,
  noatime: 0x400,
  nodiratime: 0x800,
  bind: 0x1000,
  rbind: 0x5000,
  relatime: 0x200000,
  strictatime: 0x1000000,
  lazytime: 0x2000000,
} as const;

const CLEAR: Record<string, number> = {
  rw: 0x1,
  suid: 0x2,
  dev: 0x4,
  exec: 0x8,
  async: 0x10,
  atime: 0x400,
  diratime: 0x800,
  norelatime: 0x200000,
  defaults: 0,
};

const MS_REC = 0x4000;

/** Propagation of mount_namespaces(7) as MS_ flags. */
export const PROPAGATION: Record<string, number> = {
  unbindable: 0x20000,
  private: 0x40000,
  slave: 0x80000,
  shared: 0x100000,
  runbindable: 0x20000 | MS_REC,
  rprivate: 0x40000 | MS_REC,
  rslave: 0x80000 | MS_REC,
  rshared: 0x100000 | MS_REC,
};

export interface ParsedMountOptions {
  /** MS_ bits, propagation among them. */
  flags: number;
  /** What the file system itself is to read, comma-separated. */
  data: string;
  /** Options that are neither: `rro`, `tmpcopyup`, `idmap`. */
  special: string[];
}

const SPECIAL = new Set(['rro', 'idmap', 'tmpcopyup', 'notmpcopyup', 'copy', 'nocopy']);

/** Sorts mount options into flags, data and those that only the engine knows. */
export function parseMountOptions(options: readonly string[]): ParsedMountOptions {
  let flags = 0;
  const data: string[] = [];
  const special: string[] = [];
  for (const option of options) {
    const set = (SET as Record<string, number>)[option] ?? PROPAGATION[option];
    if (set !== undefined) flags |= set;
    else if (CLEAR[option] !== undefined) flags &= ~CLEAR[option];
    else if (SPECIAL.has(option)) special.push(option);
    else data.push(option);
  }
  return { flags, data: data.join(','), special };
}
