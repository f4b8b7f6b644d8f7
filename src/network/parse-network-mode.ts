import { TspodError } from '../lib/errors';
import { parseNetworkAsk } from './parse-network-ask';
import { parseSlirpOptions } from './slirp-options';
import type { NetworkMode } from './types';

/** Words before a colon, and what the rest after it means. */
const MODES: Record<string, (rest: string | undefined) => NetworkMode> = {
  none: (rest) => plain('none', rest, { kind: 'none' }),
  host: (rest) => plain('host', rest, { kind: 'host' }),
  private: (rest) => plain('private', rest, { kind: 'private' }),
  '': (rest) => plain('', rest, { kind: 'private' }),
  default: (rest) => plain('default', rest, { kind: 'private' }),
  bridge: (rest) => ({ kind: 'bridge', networks: [parseNetworkAsk('', rest)] }),
  slirp4netns: (rest) => ({ kind: 'slirp4netns', options: parseSlirpOptions(rest ?? '') }),
  pasta: (rest) => ({ kind: 'pasta', args: splitList(rest ?? '') }),
  container: (rest) => ({ kind: 'container', target: required('container', rest) }),
  ns: (rest) => ({ kind: 'path', target: required('ns', rest) }),
};

/**
 * Parses `--network`; empty is the default, a word that is no mode the name of a network. The target of `container:` is as typed.
 * Throws 'usage' for malformed options.
 */
export function parseNetworkMode(text: string): NetworkMode {
  const colon = text.indexOf(':');
  const word = colon === -1 ? text : text.slice(0, colon);
  const rest = colon === -1 ? undefined : text.slice(colon + 1);
  const parse = Object.hasOwn(MODES, word) ? MODES[word] : undefined;
  if (parse !== undefined) return parse(rest);
  return { kind: 'bridge', networks: [parseNetworkAsk(word, rest)] };
}

function plain(word: string, rest: string | undefined, mode: NetworkMode): NetworkMode {
  if (rest === undefined || rest === '') return mode;
  throw new TspodError('usage', `the network mode "${word}" takes no options, got "${rest}"`);
}

function required(word: string, rest: string | undefined): string {
  if (rest !== undefined && rest !== '') return rest;
  const what = word === 'ns' ? 'a path' : 'a name or id';
  throw new TspodError('usage', `the network mode "${word}:" needs ${what} after the colon`);
}

function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',');
}
