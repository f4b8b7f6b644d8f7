import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { importImage, inspectList, insecure, registry, tspod } from '../helpers/manifest-lists';
import type { List } from '../helpers/manifest-lists';
import { startRegistry } from '../helpers/registry';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const digestOf = (image: string): Promise<string> =>
  tspod('image', 'inspect', '--format', '{{.Digest}}', image);

test('a list is made, filled, changed and emptied; its id stays', async () => {
  const [arm, amd] = [await importImage('arm64'), await importImage('amd64')];
  const name = uniqueName();
  const id = await tspod('manifest', 'create', '--annotation', 'team=web', name, arm);
  assert.match(id, /^[0-9a-f]{64}$/);
  assert.equal(await tspod('manifest', 'add', '--annotation', 'k=v', '--os-version', '3', name, amd), id);
  const armDigest = await digestOf(arm);
  const changes = ['--arch', 'arm', '--variant', 'v7'];
  assert.equal(await tspod('manifest', 'annotate', ...changes, name, armDigest), id);
  const list = await inspectList(name);
  assert.equal(list.mediaType, 'application/vnd.oci.image.index.v1+json');
  assert.deepEqual(list.annotations, { team: 'web' });
  assert.deepEqual(
    list.manifests.map(({ digest, platform, annotations }) => ({ digest, platform, annotations })),
    [
      {
        digest: armDigest,
        platform: { architecture: 'arm', os: 'linux', variant: 'v7' },
        annotations: undefined,
      },
      {
        digest: await digestOf(amd),
        platform: { architecture: 'amd64', os: 'linux', 'os.version': '3' },
        annotations: { k: 'v' },
      },
    ],
  );
  assert.equal(await tspod('manifest', 'remove', name, armDigest), id);
  assert.equal((await inspectList(name)).manifests.length, 1);
  const shown = await tspod('images', '--format', '{{.Repository}} {{.Id}} {{.IsManifestList}}');
  assert.ok(shown.split('\n').includes(`localhost/${name} ${id} true`));
  await tspod('system', 'check');
  await tspod('rmi', arm, amd);
  assert.equal(await tspod('manifest', 'rm', name), `Untagged: localhost/${name}:latest\nDeleted: ${id}`);
  await tspod('system', 'check');
});

test('create makes nothing when an image is missing or the name is in use, and changes a list with --amend', async () => {
  const image = await importImage('amd64');
  const name = uniqueName();
  const missing = await runTspod(['manifest', 'create', name, image, `localhost:1/${uniqueName()}`], {
    expectCode: 125,
  });
  assert.match(missing.stderr, /image not known here, and its registry says/);
  await runTspod(['manifest', 'exists', name], { expectCode: 1 });
  const id = await tspod('manifest', 'create', name);
  await runTspod(['manifest', 'exists', name]);
  const again = await runTspod(['manifest', 'create', name], { expectCode: 125 });
  assert.match(again.stderr, new RegExp(`is already associated with image "${id}"`));
  assert.equal(await tspod('manifest', 'create', '--amend', name, image), id);
  assert.equal((await inspectList(name)).manifests.length, 1);
  await tspod('manifest', 'rm', name);
  await tspod('rmi', image);
});

test('a list stands for the image for this machine: run, inspect, save', async () => {
  const name = uniqueName();
  await runTspod(['run', '--rm', 'busybox', 'true']);
  await tspod('manifest', 'create', name, 'busybox');
  const other = await importImage('s390x');
  await tspod('manifest', 'add', name, other);
  assert.equal(await tspod('run', '--rm', name, 'echo', 'hello'), 'hello');
  const idOf = (image: string): Promise<string> => tspod('image', 'inspect', '--format', '{{.Id}}', image);
  assert.equal(await idOf(name), await idOf('busybox'));
  const file = join(testFolder(), 'saved.tar');
  await tspod('save', '-o', file, name);
  assert.ok(existsSync(file));
  const foreign = uniqueName();
  await tspod('manifest', 'create', foreign, other);
  const { stderr } = await runTspod(['run', '--rm', '--pull', 'never', foreign], { expectCode: 125 });
  assert.match(stderr, /has no image for linux\//);
  await tspod('manifest', 'rm', name, foreign);
  await tspod('rmi', other);
});

test('push brings the images along, and the list follows layers that are compressed on the way', async () => {
  const { host } = await registry();
  const [arm, amd] = [await importImage('arm64'), await importImage('amd64')];
  const name = uniqueName();
  await tspod('manifest', 'create', name, arm, amd);
  const file = join(testFolder(), 'digest');
  const target = `${host}/lists/${name}:1`;
  await tspod('manifest', 'push', '-q', insecure, '--digestfile', file, name, target);
  const remote = await inspectList(target);
  assert.deepEqual(
    remote.manifests.map(({ platform }) => platform?.['architecture']),
    ['arm64', 'amd64'],
  );
  const skopeo = (reference: string): string =>
    execFileSync(
      'skopeo',
      ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${reference}`],
      {
        encoding: 'utf8',
      },
    ).trim();
  assert.equal(skopeo(target), readFileSync(file, 'utf8'));
  for (const { digest } of remote.manifests) assert.equal(skopeo(`${host}/lists/${name}@${digest}`), digest);
  await tspod(
    'manifest',
    'push',
    '-q',
    insecure,
    '--rm',
    '--format',
    'v2s2',
    name,
    `docker://${host}/lists/${name}:2`,
  );
  await runTspod(['manifest', 'exists', name], { expectCode: 1 });
  const asDocker = await inspectList(`${host}/lists/${name}:2`);
  assert.equal(asDocker.mediaType, 'application/vnd.docker.distribution.manifest.list.v2+json');
  assert.ok(
    asDocker.manifests.every(({ mediaType }) => /docker\.distribution\.manifest\.v2/.test(mediaType)),
  );
  await tspod('rmi', arm, amd);
});

test('a list is written with its images to a layout, an archive and a directory, which can be read again', async () => {
  const machine = process.arch === 'arm64' ? ['amd64', 'arm64'] : ['arm64', 'amd64'];
  const [arm, here] = [await importImage(machine[0] ?? ''), await importImage(machine[1] ?? '')];
  const [name, folder] = [uniqueName(), testFolder('lists')];
  await tspod('manifest', 'create', name, arm, here);
  const places = [`oci:${folder}/layout:one`, `oci-archive:${folder}/archive`, `dir:${folder}/dir`];
  for (const place of places) await tspod('manifest', 'push', '-q', name, place);
  const index = JSON.parse(readFileSync(`${folder}/layout/index.json`, 'utf8')) as List;
  assert.equal(index.manifests[0]?.annotations?.['org.opencontainers.image.ref.name'], 'one');
  const digest = index.manifests[0]?.digest.slice('sha256:'.length);
  const list = JSON.parse(readFileSync(`${folder}/layout/blobs/sha256/${digest}`, 'utf8')) as List;
  assert.equal(list.manifests.length, 2);
  for (const each of list.manifests) {
    const blob = readFileSync(`${folder}/layout/blobs/sha256/${each.digest.slice('sha256:'.length)}`);
    assert.equal(blob.length, each.size);
  }
  const inDirectory = JSON.parse(readFileSync(`${folder}/dir/manifest.json`, 'utf8')) as List;
  for (const { digest: each } of inDirectory.manifests)
    assert.ok(existsSync(`${folder}/dir/${each.slice('sha256:'.length)}.manifest.json`));
  const id = await tspod('image', 'inspect', '--format', '{{.Id}}', here);
  await tspod('manifest', 'rm', name);
  await tspod('rmi', arm, here);
  for (const place of [places[0] ?? '', `oci-archive:${folder}/archive`, `dir:${folder}/dir`])
    assert.equal(await tspod('pull', '-q', place), id);
  await tspod('rmi', '-f', id);
});

test('images of a registry are put on a list by their manifests, and copied from there on a push', async () => {
  const { host } = await registry();
  const other = await startRegistry();
  const [arm, amd] = [await importImage('arm64'), await importImage('amd64')];
  const name = uniqueName();
  await tspod('manifest', 'create', name, arm, amd);
  await tspod('manifest', 'push', '-q', insecure, name, `${host}/from/${name}:1`);
  await tspod('push', '-q', insecure, amd, `${host}/from/single:1`);
  await tspod('manifest', 'rm', name);
  await tspod('rmi', arm, amd);
  const local = uniqueName();
  await tspod('manifest', 'create', local);
  const source = `docker://${host}/from/${name}:1`;
  await tspod('manifest', 'add', insecure, local, `docker://${host}/from/single:1`);
  assert.deepEqual((await inspectList(local)).manifests[0]?.platform, { architecture: 'amd64', os: 'linux' });
  await tspod('manifest', 'add', '--all', insecure, local, source);
  const before = (await inspectList(local)).manifests.map(({ digest }) => digest);
  assert.equal(before.length, 2);
  await tspod('manifest', 'push', '-q', insecure, local, `${other.host}/to/list:1`);
  const after = await inspectList(`${other.host}/to/list:1`);
  assert.deepEqual(
    after.manifests.map(({ digest }) => digest),
    before,
  );
  await tspod('pull', '-q', insecure, '--arch', 'arm64', `${other.host}/to/list:1`);
  await tspod('rmi', `${other.host}/to/list:1`);
  await tspod('push', '-q', insecure, local, `${host}/from/again:1`);
  assert.equal((await inspectList(`${host}/from/again:1`)).manifests.length, 2);
  await tspod('manifest', 'rm', local);
});

test('inspect of an image of a registry shows it, and says that it is no list', async () => {
  const { host } = await registry();
  const image = await importImage('amd64');
  await tspod('push', '-q', insecure, image, `${host}/single:1`);
  const { stdout, stderr } = await runTspod(['manifest', 'inspect', insecure, `${host}/single:1`]);
  assert.ok('config' in (JSON.parse(stdout) as object));
  assert.match(stderr, /is not a manifest list but a single image/);
  await tspod('rmi', image);
});

test('what is no list, not on it, or not there is named', async () => {
  const image = await importImage('amd64');
  const list = uniqueName();
  await tspod('manifest', 'create', list, image);
  const digest = `sha256:${'0'.repeat(64)}`;
  const cases: [string[], RegExp, number?][] = [
    [['add', image, image], /image is not a manifest list/],
    [['push', image, 'localhost:1/x'], /image is not a manifest list/],
    [['rm', image], /image is not a manifest list/],
    [['rm', 'no-such-list'], /image not known/, 1],
    [['add', 'no-such-list', image], /image not known/],
    [['remove', list, digest], /has no image sha256:0000/],
    [['remove', list, image], /invalid image digest/],
    [['annotate', '--arch', 'arm', list, digest], /has no image sha256:0000/],
    [['annotate', '--annotation', 'novalue', list, image], /no value given for annotation/],
    [['annotate', '--index', list, image], /no image can be named/],
    [['add', list, 'oci:/nowhere'], /images of oci: are not put on lists/],
    [['add', '--artifact', list, 'file'], /--artifact is not supported/],
    [['push', list, 'docker-archive:/nowhere'], /docker-archive: it cannot hold a list of images/],
    [['push', list], /is a name of this machine only/],
  ];
  for (const [args, message, expectCode = 125] of cases) {
    const { stderr } = await runTspod(['manifest', ...args], { expectCode });
    assert.match(stderr, message);
  }
  await tspod('manifest', 'rm', '--ignore', 'no-such-list');
  await tspod('rmi', image);
  const lost = await runTspod(['manifest', 'push', list, 'localhost:1/x'], { expectCode: 125 });
  assert.match(lost.stderr, /is not in the store any more/);
  await tspod('rmi', list);
});
