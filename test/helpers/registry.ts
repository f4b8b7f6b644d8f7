import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { makeCertificates } from './certificates';
import type { Certificates } from './certificates';
import { startTokenServer } from './token-server';
import type { TokenServer } from './token-server';

/** The one account of a registry with `htpasswd`, and of the token server. */
export const registryUser = { username: 'ada', password: 'open sesame' } as const;
// bcrypt of the password above
const htpasswd = `ada:$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n`;

/** How a registry of the tests is set up. */
export interface RegistrySetup {
  /** https with a certificate of the tests' own authority (`certificates` of the answer). */
  tls?: boolean;
  /** Clients have to show a certificate of that authority. Needs `tls`. */
  clientCertificate?: boolean;
  /** Asks for `registryUser`; by token it lets everybody read the repositories below `public/`. */
  auth?: 'htpasswd' | 'token';
  /** Manifests and blobs may be deleted. True by default. */
  canDelete?: boolean;
}

/** A running docker-registry with a storage of its own. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`, for references. */
  host: string;
  /** `http://127.0.0.1:PORT` or https. */
  url: string;
  /** Its storage: `docker/registry/v2/...`. */
  storage: string;
  /** Of a registry with `tls` or tokens. */
  certificates: Certificates | undefined;
  tokens: TokenServer | undefined;
  /** Ends it and removes its files; also done at the end of the test file. Idempotent. */
  stop(): Promise<void>;
}

const running = new Set<TestRegistry>();

after(async () => {
  for (const registry of running) await registry.stop();
});

/** Starts Debian's docker-registry on a free port of the loopback device, as the caller's user. */
export async function startRegistry(setup: RegistrySetup = {}): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'tspod-registry-'));
  const storage = join(folder, 'storage');
  mkdirSync(storage);
  const needsKeys = setup.tls === true || setup.auth === 'token';
  const certificates = needsKeys ? makeCertificates(folder) : undefined;
  const tokens =
    setup.auth === 'token' && certificates !== undefined ? await startTokenServer(certificates) : undefined;
  writeFileSync(join(folder, 'htpasswd'), htpasswd);
  const file = join(folder, 'config.yml');
  writeFileSync(file, configuration({ setup, folder, storage, certificates, tokens }));
  const child = spawn('docker-registry', ['serve', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  });
  const host = await listeningAt(child);
  const registry: TestRegistry = {
    host,
    url: `${setup.tls ? 'https' : 'http'}://${host}`,
    storage,
    certificates,
    tokens,
    async stop() {
      if (!running.delete(registry)) return;
      await end(child);
      await tokens?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  running.add(registry);
  return registry;
}

interface Parts {
  setup: RegistrySetup;
  folder: string;
  storage: string;
  certificates: Certificates | undefined;
  tokens: TokenServer | undefined;
}

function configuration({ setup, folder, storage, certificates, tokens }: Parts): string {
  return JSON.stringify({
    version: '0.1',
    log: { level: 'info', formatter: 'text' },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: setup.canDelete ?? true } },
    http: {
      addr: '127.0.0.1:0',
      ...(setup.tls && certificates !== undefined
        ? {
            tls: {
              certificate: certificates.certificate,
              key: certificates.key,
              ...(setup.clientCertificate ? { clientcas: [certificates.ca] } : {}),
            },
          }
        : {}),
    },
    ...(setup.auth === 'htpasswd'
      ? { auth: { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } } }
      : {}),
    ...(tokens === undefined || certificates === undefined
      ? {}
      : {
          auth: {
            token: {
              realm: `${tokens.url}/token`,
              service: 'test registry',
              issuer: 'test issuer',
              rootcertbundle: certificates.ca,
            },
          },
        }),
  });
}

/** The registry says where it listens, once it does. */
function listeningAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.once('error', (error) => reject(new Error(`starting docker-registry: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`docker-registry ended with ${code}:\n${log}`)));
    child.stderr?.on('data', (data: Buffer) => {
      if (log.length < 100_000) log += data.toString();
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (host !== undefined) resolve(host);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
