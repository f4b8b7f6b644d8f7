import { TspodError } from '../lib/errors';
import { mountTarget } from './mount-path';
import type { UserMount } from './types';

const PLAIN = new Set(
  'ro rw exec noexec dev nodev suid nosuid sync async atime noatime relatime norelatime nodiratime strictatime'.split(
    ' ',
  ),
);

const PROPAGATION = new Set('private rprivate shared rshared slave rslave unbindable runbindable'.split(' '));

const VALUED: Record<string, RegExp> = {
  size: /^\d+[bkmgt%]?$/i,
  mode: /^[0-7]{1,4}$/,
  nr_blocks: /^\d+[kmg]?$/i,
  nr_inodes: /^\d+[kmg]?$/i,
  uid: /^\d+$/,
  gid: /^\d+$/,
  huge: /^(never|always|within_size|advise)$/,
  mpol: /^.+$/,
};

/** Parses `--tmpfs`: `TARGET[:OPTIONS]`, options of tmpfs(5) and mount(8). Throws 'usage'. */
export function parseTmpfs(text: string): UserMount {
  const colon = text.indexOf(':');
  const target = colon < 0 ? text : text.slice(0, colon);
  return tmpfsMount(
    target,
    colon < 0
      ? []
      : text
          .slice(colon + 1)
          .split(',')
          .filter(Boolean),
  );
}

/** A tmpfs with checked options; Podman's defaults stand where nothing else was said. */
export function tmpfsMount(target: string, words: readonly string[]): UserMount {
  const options = words.filter((word) => word !== 'tmpcopyup' && word !== 'notmpcopyup' && word !== 'U');
  for (const word of options) checkTmpfsOption(word);
  return { kind: 'tmpfs', target: mountTarget(target), options, copyUp: !words.includes('notmpcopyup') };
}

/** Refuses what tmpfs(5) and mount(8) do not know. Throws 'usage'. */
export function checkTmpfsOption(word: string): void {
  if (PLAIN.has(word) || PROPAGATION.has(word)) return;
  const equals = word.indexOf('=');
  const key = word.slice(0, Math.max(equals, 0));
  const pattern = Object.hasOwn(VALUED, key) ? VALUED[key] : undefined;
  if (pattern === undefined) throw new TspodError('usage', `unknown tmpfs option "${word}"`);
  if (!pattern.test(word.slice(equals + 1)))
    throw new TspodError('usage', `invalid value in tmpfs option "${word}"`);
}

/** Whether a word is an option of mount(8) that every file system has. */
export function isMountFlag(word: string): boolean {
  return PLAIN.has(word) || PROPAGATION.has(word);
}
