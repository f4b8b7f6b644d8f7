/** How an archive or layer is packed. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

const magics: [Exclude<Compression, 'none'>, Buffer][] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['bzip2', Buffer.from('BZh')],
];

/** Tells the compression by the first bytes, whatever a name or media type says. */
export function detectCompression(start: Buffer): Compression {
  // a skippable frame, as in zstd:chunked layers
  if (start.length >= 4 && start.readUInt32LE(0) >>> 4 === 0x184d2a5) return 'zstd';
  return magics.find(([, magic]) => start.subarray(0, magic.length).equals(magic))?.[0] ?? 'none';
}
