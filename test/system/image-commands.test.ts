import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { answers } from '../helpers/fault-answer';
import { startFaultServer } from '../helpers/fault-server';
import { startRegistry } from '../helpers/registry';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const store = (): string => join(testHome().home, '.local/share/tspod');

/** Imports an image that no other test has; returns its name and id. */
async function importImage(...options: string[]): Promise<{ name: string; id: string }> {
  const name = uniqueName('img');
  const stdin = await buildArchive([{ name, data: name }]);
  const { stdout } = await runTspod(['import', ...options, '-', name], { stdin });
  assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/);
  return { name, id: stdout.trim().slice(7) };
}

const inspect = async (name: string, field: string): Promise<unknown> =>
  JSON.parse((await runTspod(['image', 'inspect', '-f', `{{json ${field}}}`, name])).stdout);

test('import applies changes in both forms and keeps the message', async () => {
  const changes = [
    'CMD ["a","b"]',
    'ENTRYPOINT=["sh"]',
    'ENV A=1 B="two words"',
    'ENV OLD form',
    'EXPOSE 80 53/udp',
    'LABEL k=v',
    'ONBUILD RUN x',
    'STOPSIGNAL SIGUSR1',
    'USER 5:6',
    'VOLUME ["/data"]',
    'WORKDIR /w',
  ];
  const { name } = await importImage('-m', 'a message', ...changes.flatMap((change) => ['-c', change]));
  assert.deepEqual(await inspect(name, '.Config'), {
    Cmd: ['a', 'b'],
    Entrypoint: ['sh'],
    Env: ['A=1', 'B=two words', 'OLD=form'],
    ExposedPorts: { '80/tcp': {}, '53/udp': {} },
    Labels: { k: 'v' },
    OnBuild: ['RUN x'],
    StopSignal: 'SIGUSR1',
    User: '5:6',
    Volumes: { '/data': {} },
    WorkingDir: '/w',
  });
  assert.equal(await inspect(name, '.Comment'), 'a message');
});

test('import refuses a change that it does not know', async () => {
  const { stderr } = await runTspod(['import', '-c', 'RUN x', '-'], { expectCode: 125 });
  assert.match(stderr, /invalid change "RUN x": expected one of CMD, ENTRYPOINT/);
});

test('import reads a compressed archive', async () => {
  const stdin = gzipSync(await buildArchive([{ name: uniqueName('f'), data: 'x' }]));
  await runTspod(['import', '-', uniqueName('gz')], { stdin });
});

test('import fetches an archive from an address, and shows neither account nor query', async () => {
  const server = await startFaultServer();
  const body = gzipSync(await buildArchive([{ name: uniqueName('f'), data: 'x' }]));
  const asked = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  server.fault({
    path: '/files/rootfs.tar.gz',
    answer: ({ headers }) => (headers.authorization === asked ? { body } : { status: 403 }),
  });
  const address = (account: string) => `http://${account}@${server.host}/files/rootfs.tar.gz?token=secret`;
  const name = uniqueName('fetched');
  const { stdout, stderr } = await runTspod(['import', address('me:secret'), name]);
  assert.match(stdout, /^sha256:[0-9a-f]{64}\n$/);
  assert.match(stderr, new RegExp(`^Downloading from "${server.url}/files/rootfs.tar.gz"\nGetting image`));
  await runTspod(['image', 'exists', name]);
  const shown = `${server.url}/files/rootfs.tar.gz`;
  const before = readdirSync(join(store(), 'images'));
  const refused = await runTspod(['import', '-q', address('me:secrets')], { expectCode: 125 });
  assert.equal(refused.stderr, `Error: importing "${shown}": fetching "${shown}": 403 Forbidden\n`);
  server.fault({ path: /files/, answer: { isDead: true } });
  await runTspod(['import', '-q', address('me:secret')], { expectCode: 125 });
  server.fault({ path: /files/, answer: answers.html() });
  await runTspod(['import', '-q', address('me:secret')], { expectCode: 125 });
  await runTspod(['import', '-q', 'http://'], { expectCode: 125 });
  assert.deepEqual(readdirSync(join(store(), 'images')), before);
  assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
});

test('import refuses an empty archive', async () => {
  assert.match((await runTspod(['import', '-'], { expectCode: 125 })).stderr, /the archive is empty/);
});

test('images lists names, filters and formats', async () => {
  const { name, id } = await importImage('-c', `LABEL mark=${uniqueName('mark')}`);
  await runTspod(['tag', name, `${name}-b:2`]);
  const { stdout } = await runTspod([
    'images',
    '--format',
    '{{.Repository}} {{.Tag}} {{.ID}}',
    '--filter',
    `id=${id}`,
  ]);
  assert.equal(
    stdout,
    `localhost/${name}-b 2 ${id.slice(0, 12)}\nlocalhost/${name} latest ${id.slice(0, 12)}\n`,
  );
  assert.equal((await runTspod(['images', '-q', '--no-trunc', name])).stdout, `sha256:${id}\n`);
  assert.match((await runTspod(['images', name])).stdout, /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\n/);
  const all = JSON.parse((await runTspod(['images', '--format', 'json', '-f', `reference=${name}`])).stdout);
  assert.deepEqual(all[0].Names, [`localhost/${name}-b:2`, `localhost/${name}:latest`]);
  const { stderr } = await runTspod(['images', '-f', 'nonsense=1'], { expectCode: 125 });
  assert.match(stderr, /invalid image filter "nonsense"/);
});

test('an untagged image is dangling until it gets a name', async () => {
  const { name, id } = await importImage();
  await runTspod(['untag', name]);
  const dangling = (): Promise<{ stdout: string }> =>
    runTspod(['images', '-q', '--no-trunc', '-f', 'dangling=true']);
  assert.match((await dangling()).stdout, new RegExp(id));
  await runTspod(['image', 'exists', name], { expectCode: 1 });
  await runTspod(['tag', id.slice(0, 12), name]);
  assert.doesNotMatch((await dangling()).stdout, new RegExp(id));
});

test('rmi takes the name first, and with the last one the image, its layer and its blobs', async () => {
  const { name, id } = await importImage();
  const layers = (await inspect(name, '.RootFS.Layers')) as string[];
  const layer = join(store(), 'layers', layers[0]?.slice(7) ?? '');
  await runTspod(['tag', name, `${name}-b`]);
  assert.equal((await runTspod(['rmi', name])).stdout, `Untagged: localhost/${name}:latest\n`);
  assert.ok(existsSync(layer));
  const { stdout } = await runTspod(['rmi', id]);
  assert.equal(stdout, `Untagged: localhost/${name}-b:latest\nDeleted: ${id}\n`);
  assert.ok(!existsSync(layer));
  assert.ok(!existsSync(join(store(), 'blobs/sha256', id)));
  assert.deepEqual(readdirSync(join(store(), 'tmp')), []);
});

test('rmi by id refuses an image with several names, unless it is forced', async () => {
  const { name, id } = await importImage();
  await runTspod(['tag', name, `${name}-b`]);
  const { stderr } = await runTspod(['rmi', id], { expectCode: 125 });
  assert.match(stderr, /more than one tag/);
  await runTspod(['rmi', '-f', id]);
});

test('rmi ends with 1 for a missing image and 2 for one in use, and removes the others', async () => {
  const { name } = await importImage();
  const missing = await runTspod(['rmi', 'no-such-image', name], { expectCode: 1 });
  assert.match(missing.stderr, /no-such-image: image not known/);
  assert.match(missing.stdout, /Deleted: /);
  await runTspod(['rmi', '--ignore', 'no-such-image']);
  const used = await importImage();
  const { stdout: container } = await runTspod(['create', used.name, 'true']);
  const { stderr } = await runTspod(['rmi', used.name], { expectCode: 2 });
  assert.match(stderr, new RegExp(`image used by ${container.trim()}: image is in use by a container`));
  await runTspod(['rmi', '--force', used.name]);
  await runTspod(['container', 'exists', container.trim()], { expectCode: 1 });
});

test('tag, untag and inspect say what is wrong', async () => {
  const { name } = await importImage();
  const cases: [string[], RegExp][] = [
    [['tag', 'no-such-image', 'x'], /no-such-image: image not known/],
    [['tag', name, 'Upper'], /image name "Upper": the repository has to be lower case/],
    [['tag', name, 'x:'], /the tag is empty/],
    [['untag', name, 'other'], /localhost\/other:latest: tag not known/],
    [['image', 'inspect', 'no-such-image'], /no-such-image: image not known/],
  ];
  for (const [args, says] of cases) assert.match((await runTspod(args, { expectCode: 125 })).stderr, says);
});

test('run unpacks a layer again that was lost', async () => {
  await runTspod(['run', '--rm', 'busybox', 'true']);
  const [layer = ''] = (await inspect('busybox', '.RootFS.Layers')) as string[];
  rmSync(join(store(), 'layers', layer.slice(7), 'diff'), { recursive: true });
  assert.equal((await runTspod(['run', '--rm', 'busybox', 'echo', 'back'])).stdout, 'back\n');
});

test('every filter of images does what its name says', async () => {
  await runTspod(['system', 'prune', '--all', '--force']);
  const mark = uniqueName('f');
  const [old, young] = [
    await importImage('-c', `LABEL ${mark}=1`),
    await importImage('-c', `LABEL ${mark}=2`),
  ];
  const nameless = await importImage();
  await runTspod(['untag', nameless.name]);
  await runTspod(['create', '--name', mark, old.name, 'true']);
  const digest = (await inspect(young.name, '.Digest')) as string;
  const all = [nameless, young, old];
  const cases: [filters: string[], expected: { id: string }[]][] = [
    [[`id=${old.id.slice(0, 10)}`], [old]],
    [[`id!=${old.id.slice(0, 10)}`], [nameless, young]],
    [[`before=${young.name}`], [old]],
    [[`since=${old.name}`], [nameless, young]],
    [[`after=${young.name}`], [nameless]],
    [['dangling=true'], [nameless]],
    [['dangling=false'], [young, old]],
    [[`label=${mark}`], [young, old]],
    [[`label=${mark}=2`], [young]],
    [[`label!=${mark}=2`], [nameless, old]],
    [[`label=${mark}`, `label!=${mark}=1`], [young]],
    [['readonly=true'], []],
    [['readonly=false'], all],
    [[`reference=${old.name}`], [old]],
    [[`reference=localhost/img-*`], [young, old]],
    [['reference=*:latest'], [young, old]],
    [['reference=*:other'], []],
    [
      [`reference=${old.name}`, `reference=${young.name}`],
      [young, old],
    ],
    [[`reference!=${old.name}`], [nameless, young]],
    [['until=1h'], []],
    [[`until=${new Date(Date.now() + 60_000).toISOString()}`], all],
    [['intermediate=true'], []],
    [['containers=true'], [old]],
    [['containers=false'], [nameless, young]],
    [['containers=external'], []],
    [['manifest=true'], []],
    [[`digest=${digest}`], [young]],
  ];
  for (const [filters, expected] of cases) {
    const args = ['images', '-q', '--no-trunc', ...filters.flatMap((filter) => ['-f', filter])];
    const lines = expected.map(({ id }) => `sha256:${id}\n`).join('');
    assert.equal((await runTspod(args)).stdout, lines, filters.join(' '));
  }
  for (const filter of ['dangling=maybe', 'until=whenever', 'before=no-such-image', 'label'])
    await runTspod(['images', '-f', filter], { expectCode: 125 });
  await runTspod(['rm', mark]);
});

test('lists of manifests are found by their filter', async () => {
  const { name } = await importImage();
  const list = uniqueName('list');
  await runTspod(['manifest', 'create', list, name]);
  const show = async (value: string) => {
    const filters = ['-f', `manifest=${value}`, '-f', `reference=${list}`, '-f', `reference=${name}`];
    return (await runTspod(['images', '--format', '{{.Repository}}', ...filters])).stdout;
  };
  assert.equal(await show('true'), `localhost/${list}\n`);
  assert.equal(await show('false'), `localhost/${name}\n`);
});

test('an image is shown by its digest where it has no tag, and is as large as its layers', async () => {
  const { host } = await startRegistry();
  const { name, id } = await importImage();
  const pushed = `${host}/${name}`;
  const digestFile = join(testFolder(), 'digest');
  await runTspod(['push', '-q', '--tls-verify=false', '--digestfile', digestFile, name, pushed]);
  const byDigest = `${pushed}@${readFileSync(digestFile, 'utf8')}`;
  await runTspod(['pull', '-q', '--tls-verify=false', byDigest]);
  const rows = async () => {
    const format = ['--format', '{{.Repository}} {{.Tag}}', '-f', `id=${id}`];
    return (await runTspod(['images', ...format])).stdout;
  };
  assert.equal(await rows(), `localhost/${name} latest\n`);
  await runTspod(['untag', name, name]);
  assert.equal(await rows(), `${pushed} <none>\n`);
  const { stdout } = await runTspod(['history', '--format', 'json', id]);
  assert.equal(await inspect(id, '.Size'), JSON.parse(stdout)[0].size);
});

test('images sorts, and shows digests and names without headings', async () => {
  await runTspod(['system', 'prune', '--all', '--force']);
  const { name } = await importImage();
  await runTspod(['tag', name, `${name}-b:1`]);
  const sorted = async (key: string): Promise<string> =>
    (await runTspod(['images', '--sort', key, '--format', '{{.Repository}}:{{.Tag}}'])).stdout;
  const [first, second] = [`localhost/${name}:latest\n`, `localhost/${name}-b:1\n`];
  assert.equal(await sorted('repository'), first + second);
  assert.equal(await sorted('tag'), second + first);
  for (const key of ['created', 'id', 'size']) assert.equal((await sorted(key)).split('\n').length, 3);
  await runTspod(['images', '--sort', 'colour'], { expectCode: 125 });
  const digest = (await inspect(name, '.Digest')) as string;
  const { stdout } = await runTspod(['images', '-n', '--digests', '--history']);
  const line = `localhost/${name} +latest +${digest} +[0-9a-f]{12} +.* ago +.*B +localhost/${name}-b:1, localhost/${name}:latest`;
  assert.match(stdout, new RegExp(`^${line}$`, 'm'));
  assert.doesNotMatch(stdout, /REPOSITORY/);
});

test('rmi tells which containers use an image, and removes them with --force', async () => {
  const { name } = await importImage();
  const user = uniqueName('user');
  await runTspod(['create', '--name', user, name, 'true']);
  const { stderr } = await runTspod(['rmi', '--all'], { expectCode: 2 });
  assert.match(
    stderr,
    new RegExp(`image used by [0-9a-f]{64}: image is in use.*\nhint: .*"tspod rm ${user}"`),
  );
  await runTspod(['rmi', '--no-prune', '--force', name]);
  assert.equal((await runTspod(['ps', '-aq', '-f', `name=${user}`])).stdout, '');
});

test('a short name is that of its alias, then of localhost, then of the search registries', async () => {
  const conf = join(testFolder(), 'registries.conf');
  writeFileSync(
    conf,
    'unqualified-search-registries = ["quay.io"]\n[aliases]\n"short" = "quay.io/team/long"\n',
  );
  const idOf = async (name: string): Promise<string> =>
    (await runTspod(['--registries-conf', conf, 'image', 'inspect', '--format', '{{.Id}}', name])).stdout;
  const names = ['quay.io/team/long', 'localhost/short', 'quay.io/short', 'other.io/short'];
  const ids: string[] = [];
  for (const name of names) {
    await runTspod(['tag', (await importImage()).name, name]);
    ids.push(await idOf(name));
  }
  for (const [at, name] of names.entries()) {
    assert.equal(await idOf('short'), ids[at], name);
    await runTspod(['rmi', name]);
  }
});
