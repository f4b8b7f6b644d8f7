import { getXattr, listXattrs } from '../../sys/xattr';

/** The extended attributes of a file that an archive of a layer would hold too, by name. */
export function keptXattrs(path: string): Map<string, Buffer> {
  const kept = new Map<string, Buffer>();
  for (const name of listXattrs(path)) {
    const isKept = (name.startsWith('user.') && !name.startsWith('user.overlay.')) || name === CAPABILITY;
    const value = isKept ? getXattr(path, name) : undefined;
    if (value !== undefined) kept.set(name, value);
  }
  return kept;
}

/** Text that differs where attributes do; empty without any. It is the same in every user namespace. */
export function xattrsText(path: string): string {
  return [...keptXattrs(path)]
    .map(
      ([name, value]) => `\0${name}=${(name === CAPABILITY ? withoutOwner(value) : value).toString('hex')}`,
    )
    .sort()
    .join('');
}

const CAPABILITY = 'security.capability';

/** The kernel says the version and the user namespace's root by who asks; whether the set is effective, and the set, stay. */
function withoutOwner(value: Buffer): Buffer {
  return Buffer.concat([Buffer.of((value[0] ?? 0) & 1), value.subarray(4, 20)]);
}
