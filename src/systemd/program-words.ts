import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where systemd looks for programs of units by default (systemd.exec(5), PATH). */
const USUAL = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The words with which a unit starts this program: its path, after that of Node when the program would not find Node in the places
 * where systemd looks for programs.
 */
export function programWords(script: string, node: string): string[] {
  return isUsual('node') ? [resolve(script)] : [node, resolve(script)];
}

function isUsual(name: string): boolean {
  return USUAL.some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
