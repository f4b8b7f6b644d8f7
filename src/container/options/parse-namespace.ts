import { TspodError } from '../../lib/errors';
import type { NamespaceMode } from '../record';

/** The modes that an option knows besides `container:NAME` and `ns:PATH`, and what each one is. */
const MODES = {
  pid: { private: 'private', host: 'host' },
  uts: { private: 'private', host: 'host' },
  cgroupns: { private: 'private', host: 'host' },
  ipc: { private: 'private', host: 'host', shareable: 'shareable', none: 'none' },
} as const satisfies Record<string, Record<string, NamespaceMode['kind']>>;

/** Parses `--pid`, `--uts`, `--cgroupns` and `--ipc`; the target of `container:` is as typed. Throws 'usage'. */
export function parseNamespace(option: keyof typeof MODES, text: string | undefined): NamespaceMode {
  if (text === undefined || text === '') return { kind: option === 'ipc' ? 'shareable' : 'private' };
  const modes: Record<string, string> = MODES[option];
  if (Object.hasOwn(modes, text)) return { kind: modes[text] } as NamespaceMode;
  const [, kind, target] = /^(container|ns):(.*)$/.exec(text) ?? [];
  if (kind !== undefined && target === '') {
    throw new TspodError(
      'usage',
      `--${option} "${text}": a ${kind === 'ns' ? 'path' : 'name or id'} must follow the colon`,
    );
  }
  if (kind === 'container') return { kind: 'container', target: target ?? '' };
  if (kind === 'ns') return { kind: 'path', target: target ?? '' };
  if (text === 'pod')
    throw new TspodError('unsupported', `--${option} "pod" is not supported: pods are not built yet`);
  throw new TspodError('usage', `--${option}: unrecognized namespace mode ${text} passed`, {
    hint: `use ${Object.keys(modes).join(', ')}, container:NAME or ns:PATH`,
  });
}
