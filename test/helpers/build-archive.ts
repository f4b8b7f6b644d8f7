import { pack } from 'tar-stream';
import type { Header } from 'tar-stream';

/** A member of an archive for a test; without `type` a file, or what `link` or `symlink` make of it. */
export type Member = Partial<Header> & { name: string; data?: string | Buffer };

/** The bytes of an archive with these members, owned by root. */
export async function buildArchive(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { data, ...member } of members) {
    const header = { uid: 0, gid: 0, mtime: new Date(1_600_000_000_000), ...member };
    if (data === undefined && member.type !== undefined && member.type !== 'file') archive.entry(header);
    else archive.entry(header, data ?? '');
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
