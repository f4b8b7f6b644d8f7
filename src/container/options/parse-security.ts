import { TspodError } from '../../lib/errors';
import type { SecurityOptions } from '../record';

/** What each word before `=` does with its value. */
const OPTIONS: Record<string, (result: SecurityOptions, value: string, text: string) => void> = {
  'no-new-privileges': (result, value, text) => {
    if (!['', 'true', 'false'].includes(value)) throw malformed(text);
    result.noNewPrivileges = value !== 'false';
  },
  seccomp: (result, value, text) => {
    if (value === '') throw malformed(text);
    result.seccomp = value;
  },
  apparmor: (result, value, text) => {
    if (value === '') throw malformed(text);
    result.apparmor = value;
  },
  systempaths: (result, value, text) => {
    if (value !== 'unconfined') throw malformed(text);
    result.unmask.push('ALL');
  },
  label: (result, value) => void result.labels.push(value),
  mask: (result, value) => void result.mask.push(...paths('mask', value)),
  unmask: (result, value) => {
    result.unmask.push(...(value.toLowerCase() === 'all' ? ['ALL'] : paths('unmask', value)));
  },
};

/** Parses every `--security-opt`. Throws 'usage', and 'unsupported' for what Podman has and tspod has not. */
export function parseSecurity(texts: readonly string[]): SecurityOptions {
  const result: SecurityOptions = { noNewPrivileges: false, labels: [], mask: [], unmask: [] };
  for (const text of texts) {
    const [, word = '', value = ''] = /^([a-z-]+)(?:[=:](.*))?$/s.exec(text) ?? [];
    if (word === 'proc-opts') {
      throw new TspodError(
        'unsupported',
        `--security-opt "${text}" is not supported: proc is mounted with fixed options`,
      );
    }
    const apply = Object.hasOwn(OPTIONS, word) ? OPTIONS[word] : undefined;
    if (apply === undefined) throw malformed(text);
    apply(result, value, text);
  }
  return result;
}

function paths(word: string, value: string): string[] {
  const list = value.split(':');
  for (const path of list) {
    if (!path.startsWith('/')) {
      throw new TspodError('usage', `--security-opt ${word}: "${path}" is not an absolute path`);
    }
  }
  return list;
}

function malformed(text: string): TspodError {
  return new TspodError('usage', `invalid --security-opt "${text}"`, {
    hint: 'use no-new-privileges, seccomp=FILE|unconfined, mask=PATH, unmask=ALL|PATH, label=... or apparmor=PROFILE',
  });
}
