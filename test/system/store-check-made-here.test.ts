import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { buildArchive } from '../helpers/build-archive';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const check = (...args: string[]) => runTspod(['system', 'check', ...args], { expectCode: null });

test('an altered compressed copy of a layer is taken away', async () => {
  const name = uniqueName('packed');
  await runTspod(['import', '-', name], {
    stdin: await buildArchive([{ name, data: Buffer.alloc(50_000) }]),
  });
  const out = join(testFolder(), 'out');
  await runTspod(['save', '--format', 'docker-dir', '--compress', '-o', out, name]);
  const layers = join(storeRoot(), 'layers');
  const packed = readdirSync(layers, { recursive: true, encoding: 'utf8' }).find((path) =>
    /\/packed-[0-9a-f]{64}$/.test(path),
  );
  assert.ok(packed !== undefined);
  assert.equal((await check()).stdout, '');
  writeFileSync(join(layers, packed), 'altered');
  assert.match(
    (await check()).stdout,
    new RegExp(`${name}.*: the compressed copy [0-9a-f]{12} of a layer is altered`),
  );
  await runTspod(['system', 'check', '--repair']);
  assert.ok(!existsSync(join(layers, packed)));
  await runTspod(['save', '--format', 'docker-dir', '--compress', '-o', `${out}2`, name]);
  await runTspod(['system', 'check']);
});

test('what is committed agrees with its archive', async () => {
  const name = uniqueName('commit');
  const change =
    'echo x >/etc/new; ln /etc/new /etc/hard; rm -r /bin/ls; mkdir -p /srv/a; mv /srv/a /srv/b; chown 3:4 /etc/new';
  await runTspod(['run', '--name', name, '--network', 'none', 'busybox', 'sh', '-c', change]);
  await runTspod(['commit', '-q', name, name]);
  await runTspod(['system', 'check']);
  await runTspod(['rm', name]);
});
