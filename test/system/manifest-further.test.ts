import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { importImage, inspectList, insecure, registry, tspod } from '../helpers/manifest-lists';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

test('push --add-compression brings what a platform lacks, once, and pull takes what is for the machine', async () => {
  const { host } = await registry();
  const [arm, amd] = [await importImage('arm64'), await importImage('amd64')];
  const name = uniqueName();
  const target = `${host}/${name}:1`;
  await tspod('manifest', 'create', name, arm, amd);
  const push = (...options: string[]) => tspod('manifest', 'push', '-q', insecure, ...options, name, target);
  const zstd = 'io.github.containers.compression.zstd';
  const forms = async () =>
    (await inspectList(target)).manifests.map(
      ({ platform, annotations }) =>
        `${String(platform?.['architecture'])}${annotations?.[zstd] === 'true' ? ' zstd' : ''}`,
    );
  await push('--add-compression', 'gzip');
  assert.deepEqual(await forms(), ['arm64', 'amd64']);
  await push('--add-compression', 'zstd', '--add-compression', 'gzip');
  assert.deepEqual(await forms(), ['arm64', 'amd64', 'arm64 zstd', 'amd64 zstd']);
  const types = async (which: number) => {
    const { digest = '' } = (await inspectList(target)).manifests[which] ?? {};
    const raw = execFileSync('skopeo', [
      ...['inspect', '--raw', '--tls-verify=false'],
      `docker://${host}/${name}@${digest}`,
    ]);
    return (JSON.parse(raw.toString()) as { layers: { mediaType: string }[] }).layers.map((layer) =>
      layer.mediaType.replace(/^.*\./, ''),
    );
  };
  assert.deepEqual([await types(0), await types(2)], [['tar+gzip'], ['tar+zstd']]);
  await tspod('pull', '-q', insecure, target);
  await push('--compression-format', 'zstd', '--add-compression', 'gzip');
  assert.deepEqual([await types(0), await types(2)], [['tar+zstd'], ['tar+gzip']]);
});

test('push --add-compression says what cannot be', async () => {
  const { host } = await registry();
  const name = uniqueName();
  await tspod('manifest', 'create', name, await importImage('amd64'));
  const rows: [string[], string, RegExp][] = [
    [['--add-compression', 'bzip2'], `${host}/x`, /cannot find compressor for "bzip2"/],
    [['--add-compression', 'zstd', '--all=false'], `${host}/x`, /not with --all=false/],
    [['--add-compression', 'zstd', '-f', 'v2s2'], `${host}/x`, /not with --format v2s2/],
    [['--add-compression', 'zstd'], `oci:${testFolder()}/x`, /is for registries only/],
  ];
  for (const [options, target, message] of rows) {
    const args = ['manifest', 'push', insecure, ...options, name, target];
    assert.match((await runTspod(args, { expectCode: 125 })).stderr, message);
  }
});

test('add_compression of containers.conf is a wish, and --add-compression replaces it', async () => {
  const { host } = await registry();
  const [image, name] = [await importImage('amd64'), uniqueName()];
  await tspod('manifest', 'create', name, image);
  const file = join(testFolder(), 'containers.conf');
  writeFileSync(file, '[engine]\nadd_compression = ["zstd"]\n');
  const push = async (target: string, ...options: string[]) => {
    const args = ['manifest', 'push', '-q', insecure, ...options, name, target];
    return (await runTspod(args, { env: { CONTAINERS_CONF: file } })).stderr;
  };
  assert.equal(await push(`${host}/${name}:1`), '');
  assert.equal((await inspectList(`${host}/${name}:1`)).manifests.length, 2);
  await push(`${host}/${name}:2`, '--add-compression', 'gzip');
  assert.equal((await inspectList(`${host}/${name}:2`)).manifests.length, 1);
  const left = 'Warning: add_compression of containers.conf is left out here: --add-compression';
  assert.equal(await push(`oci:${testFolder()}/x`), `${left} is for registries only\n`);
  const plain = await push(`${host}/${name}:3`, '-f', 'v2s2');
  assert.equal(plain, `${left} zstd: not with --format v2s2, which knows no zstd\n`);
});

test('annotate --subject says what a list refers to', async () => {
  const { host } = await registry();
  const [image, name] = [await importImage('amd64'), uniqueName()];
  await tspod('manifest', 'create', name, image);
  const annotate = (...args: string[]) => tspod('manifest', 'annotate', '--index', ...args);
  const subjectOf = async (list: string) =>
    (JSON.parse(await tspod('manifest', 'inspect', insecure, list)) as { subject?: object }).subject;
  await annotate('--subject', image, name);
  const manifest = 'application/vnd.oci.image.manifest.v1+json';
  const { digest, size } = (await inspectList(name)).manifests[0] ?? {};
  assert.deepEqual(await subjectOf(name), { mediaType: manifest, digest, size });
  await annotate('--annotation', 'a=b', name);
  await tspod('manifest', 'push', '-q', insecure, name, `${host}/${name}`);
  assert.deepEqual(await subjectOf(`${host}/${name}`), { mediaType: manifest, digest, size });
  const failures: [string[], RegExp][] = [
    [['--subject', image, name, image], /use it with --index/],
    [['--index', '--subject', 'oci:/x', name], /images of oci: are not referred to/],
    [['--index', '--subject', `${host}/no`, name], /image not known here, and its registry says: /],
  ];
  for (const [args, message] of failures) {
    const { stderr } = await runTspod(['manifest', 'annotate', ...args], { expectCode: 125 });
    assert.match(stderr, message);
  }
});
