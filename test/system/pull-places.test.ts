import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { buildArchive } from '../helpers/build-archive';
import { startRegistry } from '../helpers/registry';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const insecure = '--tls-verify=false';

async function tspod(...args: string[]): Promise<string> {
  return (await runTspod(args)).stdout.trim();
}

async function importImage(...options: string[]): Promise<{ name: string; id: string }> {
  const [name, stdin] = [uniqueName(), await buildArchive([{ name: uniqueName('file'), data: 'x' }])];
  const { stdout } = await runTspod(['import', '-q', ...options, '-', name], { stdin });
  return { name, id: stdout.trim().replace('sha256:', '') };
}

/** Places with a list of images for two architectures, and one with an image for a single one. */
async function writePlaces(): Promise<{ lists: string[]; single: string; arm: string; amd: string }> {
  const [arm, amd] = [await importImage('--arch', 'arm64'), await importImage('--arch', 'amd64')];
  const [folder, list] = [testFolder('places'), uniqueName()];
  await tspod('manifest', 'create', list, arm.name, amd.name);
  const lists = [`oci:${folder}/layout:list`, `oci-archive:${folder}/archive`, `dir:${folder}/dir`];
  for (const place of lists) await tspod('manifest', 'push', '-q', list, place);
  const single = `docker-archive:${folder}/arm.tar`;
  await tspod('push', '-q', arm.name, single);
  await tspod('manifest', 'rm', list);
  await tspod('rmi', arm.name, amd.name);
  return { lists, single, arm: arm.id, amd: amd.id };
}

test('pull takes the image for a platform from the list of a layout, an archive and a directory', async () => {
  const { lists, single, arm, amd } = await writePlaces();
  for (const place of lists) {
    assert.equal(await tspod('pull', '-q', '--platform', 'linux/arm64', place), arm);
    assert.equal(await tspod('pull', '-q', '--arch', 'amd64', place), amd);
    const { stderr } = await runTspod(['pull', '-q', '--arch', 's390x', place], { expectCode: 125 });
    assert.match(stderr, /^Error: .*no image for linux\/s390x, only for linux\/arm64, linux\/amd64\n/);
    const all = await runTspod(['pull', '-q', '--all-tags', place], { expectCode: 125 });
    assert.match(all.stderr, /all tags can be pulled from a registry only/);
  }
  assert.equal((await runTspod(['pull', '-q', '--arch', 'arm64', single])).stderr, '');
  const { stdout, stderr } = await runTspod(['pull', '-q', '--arch', 's390x', single]);
  assert.equal(stdout.trim(), arm);
  const mismatch = '(linux/arm64) does not match the expected platform (linux/s390x)';
  assert.equal(stderr, `Warning: image platform ${mismatch}\n`);
  await tspod('rmi', '-f', arm, amd);
});

test('pull of an archive and load tell of each layer, and say nothing with --quiet', async () => {
  const { name, id } = await importImage();
  const archive = join(testFolder(), 'image.tar');
  await tspod('save', '-q', '-o', archive, name);
  await tspod('rmi', name);
  const lines = (state: string): RegExp =>
    new RegExp(
      `^Getting image source signatures\nCopying blob sha256:[0-9a-f]{64}${state}\n` +
        `Copying config sha256:${id}\nWriting manifest to image destination\n$`,
    );
  const pulled = await runTspod(['pull', `docker-archive:${archive}`]);
  assert.deepEqual([pulled.stdout, lines('').test(pulled.stderr)], [`${id}\n`, true], pulled.stderr);
  assert.match((await runTspod(['load', '-i', archive])).stderr, lines(' skipped: already exists'));
  assert.equal((await runTspod(['load', '-q', '-i', archive])).stderr, '');
});

function writePolicy(policy: unknown): string {
  const file = join(testHome().home, '.config/containers/policy.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(policy));
  return file;
}

test('policy.json speaks for registries, archives, directories and imports, not for what comes with the program', async () => {
  const accept = [{ type: 'insecureAcceptAnything' }];
  const { host } = await startRegistry();
  const { name } = await importImage();
  const folder = testFolder('policy');
  const places = {
    oci: `${folder}/layout`,
    'oci-archive': `${folder}/oci.tar`,
    'docker-archive': `${folder}/docker.tar`,
    dir: `${folder}/dir`,
  };
  for (const [transport, path] of Object.entries(places))
    await tspod('push', '-q', name, `${transport}:${path}`);
  await tspod('push', '-q', insecure, name, `${host}/policy`);
  const file = writePolicy({ default: [{ type: 'reject' }] });
  try {
    const commands = [
      ...Object.entries(places).map(([transport, path]) => ['pull', '-q', `${transport}:${path}`]),
      ...Object.values(places).map((path) => ['load', '-q', '-i', path]),
      ['pull', '-q', insecure, `${host}/policy`],
      ['import', '-q', places['docker-archive'], uniqueName()],
      ['run', '--rm', '--network', 'none', `oci:${places.oci}`, 'true'],
    ];
    for (const args of commands) {
      const { stderr } = await runTspod(args, { expectCode: 125 });
      assert.match(
        stderr,
        /^Error: .*source image rejected: .* is rejected by policy\nhint: .*: default\n$/,
        args.join(' '),
      );
    }
    await tspod('run', '--rm', '--network', 'none', 'busybox', 'true');
    writePolicy({
      default: [{ type: 'reject' }],
      transports: {
        oci: { [places.oci]: accept },
        'docker-archive': { '': accept },
        dir: { [folder]: [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: '/key' }] },
      },
    });
    await tspod('pull', '-q', `oci:${places.oci}`);
    await tspod('load', '-q', '-i', places['docker-archive']);
    const signed = await runTspod(['pull', '-q', `dir:${places.dir}`], { expectCode: 125 });
    assert.match(signed.stderr, /asks for signedBy, and tspod verifies no signatures/);
    const other = join(folder, 'policy.json');
    writeFileSync(other, JSON.stringify({ default: accept }));
    await tspod('load', '-q', '--signature-policy', other, '-i', places.dir);
    await tspod('pull', '-q', '--signature-policy', other, `dir:${places.dir}`);
  } finally {
    writeFileSync(file, JSON.stringify({ default: accept }));
  }
});
