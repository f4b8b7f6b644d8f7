import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { registryUser, startRegistry } from '../helpers/registry';
import type { RegistrySetup, TestRegistry } from '../helpers/registry';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const { home } = testHome();

const out = async (...args: string[]): Promise<string> => (await runTspod(args)).stdout.trim();

/** An image of two layers that no other test has; its id. */
async function newImage(name: string): Promise<string> {
  const container = uniqueName('made');
  const script = `mkdir /data; echo ${name} >/data/name; ln /data/name /data/hard; chown 12:34 /data/name`;
  await runTspod(['run', '--name', container, '--network', 'none', 'busybox', 'sh', '-c', script]);
  const id = await out('commit', '-q', container, name);
  await runTspod(['rm', container]);
  return id;
}

function certificateFolder(authority: string): string {
  const folder = testFolder();
  copyFileSync(authority, join(folder, 'ca.crt'));
  return folder;
}

/** What a registry wants of its clients: the options of one that may, and the error of one that may not. */
function access(
  registry: TestRegistry,
  setup: RegistrySetup,
): { options: string[]; refusal: RegExp | undefined } {
  const { certificates } = registry;
  const trust =
    setup.tls !== true || certificates === undefined
      ? ['--tls-verify=false']
      : ['--cert-dir', certificateFolder(certificates.ca)];
  if (setup.auth === undefined) return { options: trust, refusal: undefined };
  const credentials = ['--creds', `${registryUser.username}:${registryUser.password}`];
  return { options: [...trust, ...credentials], refusal: /tspod login/ };
}

for (const [what, setup] of [
  ['without TLS', {}],
  ['with TLS', { tls: true }],
  ['with htpasswd', { auth: 'htpasswd' }],
  ['with a token server', { auth: 'token' }],
] as const) {
  test(`an image goes to a docker-registry ${what} and comes back the same`, async () => {
    const registry = await startRegistry(setup);
    const { options, refusal } = access(registry, setup);
    const [name, remote] = [uniqueName('round'), `${registry.host}/team/${uniqueName('trip')}:1`];
    const id = await newImage(name);
    const digestFile = join(testFolder(), 'digest');
    if (refusal !== undefined) {
      const trust = options.slice(0, -2);
      assert.match((await runTspod(['push', ...trust, name, remote], { expectCode: 125 })).stderr, refusal);
    }
    await runTspod(['push', '-q', ...options, '--digestfile', digestFile, name, remote]);
    await runTspod(['rmi', '--force', name]);
    assert.equal(await out('pull', '-q', ...options, remote), id);
    assert.equal(
      await out('run', '--rm', '--network', 'none', remote, 'stat', '-c', '%u:%g %h', '/data/name'),
      '12:34 2',
    );
    const digest = await out('image', 'inspect', '--format', '{{.Digest}}', remote);
    assert.equal(readFileSync(digestFile, 'utf8').trim(), digest);
    // what was pulled is pushed byte for byte
    const again = `${registry.host}/team/${uniqueName('again')}:1`;
    await runTspod(['push', '-q', ...options, '--digestfile', digestFile, remote, again]);
    assert.equal(readFileSync(digestFile, 'utf8').trim(), digest);
    await registry.stop();
  });
}

test('the store is an OCI image layout that skopeo reads, every blob of it', async () => {
  const name = uniqueName('stored');
  const id = await newImage(name);
  const source = `oci:${join(home, '.local/share/tspod')}:localhost/${name}:latest`;
  const env = { ...process.env, TMPDIR: testFolder() };
  const config = execFileSync('skopeo', ['inspect', '--config', '--raw', source], { env });
  assert.equal(execFileSync('sha256sum', { input: config, encoding: 'utf8' }).slice(0, 64), id);
  execFileSync('skopeo', ['copy', '-q', source, `dir:${testFolder()}`], { env });
});
