import { readFileSync } from 'node:fs';
import { parse } from 'ini';

/** The fields of os-release(5), such as ID and VERSION_ID; empty where the file is missing. */
export function readOsRelease(): Record<string, string> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parse(readFileSync(path, 'utf8')) as Record<string, string>;
    } catch {
      // the next place
    }
  }
  return {};
}
