import { TspodError } from '../../lib/errors';
import { shellSplit } from '../../lib/shell-split';
import type { ImageRunConfig } from './image-config';

type Apply = (config: ImageRunConfig, value: string) => void;

const instructions: Record<string, Apply> = {
  CMD: (config, value) => (config.Cmd = commandOf(value)),
  ENTRYPOINT: (config, value) => (config.Entrypoint = commandOf(value)),
  ENV: (config, value) => {
    for (const [name, text] of assignments(value)) {
      config.Env = [
        ...(config.Env ?? []).filter((entry) => !entry.startsWith(`${name}=`)),
        `${name}=${text}`,
      ];
    }
  },
  EXPOSE: (config, value) => {
    for (const port of value.split(/\s+/))
      Object.assign((config.ExposedPorts ??= {}), { [portOf(port)]: {} });
  },
  LABEL: (config, value) => {
    for (const [name, text] of assignments(value)) Object.assign((config.Labels ??= {}), { [name]: text });
  },
  ONBUILD: (config, value) => (config.OnBuild ??= []).push(value),
  STOPSIGNAL: (config, value) => (config.StopSignal = value),
  USER: (config, value) => (config.User = value),
  VOLUME: (config, value) => {
    for (const path of listOf(value) ?? value.split(/\s+/))
      Object.assign((config.Volumes ??= {}), { [path]: {} });
  },
  WORKDIR: (config, value) => (config.WorkingDir = value),
};

/**
 * Applies a `--change`, an instruction of a Containerfile: `CMD ["sh"]` or `CMD=["sh"]`. Error `usage`: it is none
 * of those that say something of the configuration, or malformed.
 */
export function applyChange(config: ImageRunConfig, change: string): void {
  const match = /^\s*([A-Za-z]+)(?:\s*=|\s)\s*(\S[\s\S]*?)\s*$/.exec(change);
  const apply = instructions[match?.[1]?.toUpperCase() ?? ''];
  try {
    if (apply === undefined)
      throw new TspodError('usage', `expected one of ${Object.keys(instructions).join(', ')} and a value`);
    apply(config, match?.[2] ?? '');
  } catch (error) {
    throw new TspodError('usage', `invalid change "${change}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The exec form is a JSON list, everything else a line for the shell. */
function commandOf(value: string): string[] {
  return listOf(value) ?? ['/bin/sh', '-c', value];
}

function listOf(value: string): string[] | undefined {
  if (!value.startsWith('[')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
}

/** `NAME=VALUE ...` with quotes, or the old form `NAME VALUE`. */
function assignments(value: string): [string, string][] {
  const words = shellSplit(value);
  if (words === undefined) throw new TspodError('usage', 'a quote is not closed');
  const [first = '', ...rest] = words;
  if (!first.includes('=')) {
    if (rest.length === 0) throw new TspodError('usage', `"${first}" has no value`);
    return [[first, value.slice(first.length).trim()]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 1) throw new TspodError('usage', `"${word}" is not of the form NAME=VALUE`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

function portOf(port: string): string {
  const match = /^(\d{1,5}(?:-\d{1,5})?)(?:\/(tcp|udp|sctp))?$/i.exec(port);
  if (match === null) throw new TspodError('usage', `"${port}" is not a port`);
  return `${match[1]}/${(match[2] ?? 'tcp').toLowerCase()}`;
}
