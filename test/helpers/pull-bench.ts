import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startFaultServer } from './fault-server';
import type { FaultServer } from './fault-server';
import { publishImage } from './publish-image';
import type { Publication, Published } from './publish-image';
import { storeRoot } from './test-home';
import { runTspod } from './tspod';

/** A registry in memory, and pulls from it. */
export interface PullBench {
  server: FaultServer;
  publish(options?: Publication): Promise<Published>;
  /** Pulls and answers what was said. */
  pull(...args: string[]): Promise<{ stdout: string; stderr: string }>;
  /** Pulls without retries, expects that to fail, and answers standard error. */
  pullFails(...args: string[]): Promise<string>;
  /** The addresses of blobs or manifests that were asked for. */
  requestsOf(kind: 'blobs' | 'manifests', method?: string): string[];
  /** A test that starts without faults and requests. */
  withServer(run: () => Promise<void>): () => Promise<void>;
}

/** Allows plain http. */
export const plain = '--tls-verify=false';

/** Starts a registry of its own. */
export async function openPullBench(): Promise<PullBench> {
  const server = await startFaultServer();
  return {
    server,
    publish: (options = {}) => publishImage(server, options),
    pull: (...args) => runTspod(['pull', plain, ...args]),
    pullFails: async (...args) =>
      (await runTspod(['pull', plain, '--retry', '0', ...args], { expectCode: 125 })).stderr,
    requestsOf: (kind, method = 'GET') =>
      server.requests
        .filter((each) => each.method === method && each.url.includes(`/${kind}/`))
        .map(({ url }) => url),
    withServer: (run) => async () => {
      server.clear();
      await run();
    },
  };
}

/** Nothing is left of a pull that failed, but perhaps what it had fetched. */
export function assertNothingHalf(): void {
  assert.deepEqual(readdirSync(join(storeRoot(), 'tmp')), []);
}

/** What has been fetched and waits for the next pull. */
export function partials(): { name: string; size: number }[] {
  const folder = join(storeRoot(), 'partial');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({ name, size: statSync(join(folder, name)).size }));
}
