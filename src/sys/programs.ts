import { accessSync, constants, statSync } from 'node:fs';
import type { Context } from '../lib/context';

/** Where system programs lie that a user's PATH may leave out. */
const ALWAYS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The full path of an executable in the folders of containers.conf, PATH or the system's folders; undefined when it is in
 * none of them.
 */
export function findProgram(ctx: Pick<Context, 'env' | 'defaults'>, name: string): string | undefined {
  const folders = [
    ...(ctx.defaults?.programFolders ?? []),
    ...(ctx.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/')),
    ...ALWAYS,
  ];
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    if (isExecutableFile(path)) return path;
  }
  return undefined;
}

/** Whether `path` is a file that the caller may execute. */
export function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
