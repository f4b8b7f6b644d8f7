import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from '../../src/lib/context';
import { parseReference } from '../../src/image/name/reference';
import { pullSources, pushTarget } from '../../src/image/registry/endpoints';
import type { RegistryOptions, Repository } from '../../src/image/registry/types';

/** A place without any configuration from which registries are talked to. */
export interface RegistryClient {
  ctx: Context;
  /** What was said on standard error. */
  said: string[];
  /** Writes `~/.config/containers/NAME`. */
  configure(name: string, text: string): void;
  /** The last source of `host/path`, over plain http, without a pause before a further attempt. */
  source(name: string, options?: RegistryOptions): Repository;
  sources(name: string, options?: RegistryOptions): Repository[];
  target(name: string, options?: RegistryOptions): Repository;
}

const quick: RegistryOptions = { tlsVerify: false, retryDelay: 1 };

/** Runs `test` with a client of its own home, which is removed afterwards. */
export async function withClient(
  test: (client: RegistryClient) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'tspod-client-'));
  const said: string[] = [];
  const ctx = {
    uid: 1000,
    gid: 1000,
    user: 'tester',
    home,
    env: {
      HOME: home,
      XDG_RUNTIME_DIR: home,
      CONTAINERS_REGISTRIES_CONF: join(home, 'registries.conf'),
      ...env,
    },
    paths: {
      root: `${home}/root`,
      runRoot: `${home}/run`,
      cache: `${home}/cache`,
      helper: '',
      embeddedImage: '',
    },
    hasIds: false,
    log: (level: string, message: string) => void said.push(`${level}: ${message}`),
  } satisfies Context;
  writeFileSync(join(home, 'registries.conf'), '');
  const sources = (name: string, options: RegistryOptions = {}) =>
    pullSources(ctx, parseReference(name), { ...quick, ...options });
  const client: RegistryClient = {
    ctx,
    said,
    configure(name, text) {
      const path = name === 'registries.conf' ? join(home, name) : join(home, '.config/containers', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    sources,
    source: (name, options) => {
      const found = sources(name, options).at(-1);
      if (found === undefined) throw new Error(`no source of ${name}`);
      return found;
    },
    target: (name, options = {}) => pushTarget(ctx, parseReference(name), { ...quick, ...options }),
  };
  try {
    await test(client);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** All bytes of a stream. */
export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
