import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { readArchive } from '../helpers/read-archive';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

const none = ['--network', 'none'];

const script = [
  'mkdir -p /a/b; echo hi >/a/b/f; ln /a/b/f /a/hard; ln -s nowhere /link; mkfifo /fifo; chown 33:44 /a/b',
  'rm /bin/ls; rm -rf /home; mkdir /home; echo 1 >/home/new; echo more >>/etc/passwd; chmod 4755 /a/hard',
  'name=$(printf %0120d 0); mkdir -p /long/$name; touch "/long/$name/ümlaut"; touch /tmp/t',
].join('; ');

/** A container that has changed something; its name. */
async function changed(...options: string[]): Promise<string> {
  const name = uniqueName('changed');
  await runTspod(['run', '--name', name, ...none, ...options, 'localhost/busybox', 'sh', '-c', script]);
  return name;
}

const out = async (...args: string[]): Promise<string> => (await runTspod(args)).stdout;

test('diff tells what a container has added, changed and deleted, in the words and order of Podman', async () => {
  const name = await changed();
  const long = '0'.repeat(120);
  const expected = [
    ...[
      'A /a',
      'A /a/b',
      'A /a/b/f',
      'A /a/hard',
      'C /bin',
      'D /bin/ls',
      'C /etc',
      'C /etc/passwd',
      'A /fifo',
    ],
    ...['D /home', 'A /home/new', 'A /link', 'A /long', `A /long/${long}`, `A /long/${long}/ümlaut`],
    ...['C /tmp', 'A /tmp/t'],
  ];
  assert.deepEqual((await out('diff', name)).trim().split('\n'), expected);
  const json = JSON.parse(await out('diff', '--format', 'json', name)) as Record<string, string[]>;
  assert.deepEqual(json['deleted'], ['/bin/ls', '/home']);
  assert.equal(
    await out('diff', '--format', '{{.Kind}}:{{.Path}}', '--latest').then((text) => text.split('\n')[0]),
    'A:/a',
  );
  await runTspod(['rm', name]);
});

test('diff compares images and containers with each other', async () => {
  const name = await changed();
  const image = uniqueName('committed');
  await runTspod(['commit', name, image]);
  assert.equal(await out('diff', name, image), '');
  assert.equal(await out('image', 'diff', image), await out('diff', name));
  const back = (await out('diff', 'localhost/busybox', name)).split('\n');
  for (const line of ['A /bin/ls', 'D /a', 'D /home/new', 'C /etc/passwd', 'C /home'])
    assert.ok(back.includes(line), line);
  const { stderr } = await runTspod(['diff', 'no-such-thing'], { expectCode: 125 });
  assert.match(stderr, /no-such-thing not found: layer not known/);
  await runTspod(['rm', name]);
  await runTspod(['rmi', image]);
});

for (const userns of ['host', 'keep-id', 'auto']) {
  test(`commit with --userns ${userns} makes an image with the ids of the container`, async () => {
    const name = await changed('--userns', userns, '--user', 'root');
    const image = uniqueName('committed');
    const id = (await out('commit', name, image)).trim();
    assert.match(id, /^[0-9a-f]{64}$/);
    const listing =
      'busybox stat -c "%n %u:%g %a %h" /a/b /a/hard; test ! -e /bin/ls; cat /home/new; tail -1 /etc/passwd';
    const seen = await out('run', '--rm', ...none, image, 'sh', '-c', listing);
    assert.equal(seen, '/a/b 33:44 755 1\n/a/hard 0:0 4755 2\n1\nmore\n'.replace('755 1', '755 2'));
    await runTspod(['rm', name]);
    await runTspod(['rmi', image]);
  });
}

test('commit of what belongs to the root of a container only is as complete, whatever the modes are', async () => {
  const name = uniqueName('own');
  const change =
    'mkdir -p /own; echo secret >/own/shut; chmod 0 /own/shut; chmod 1711 /own; ln -s nowhere /own/link; mkfifo /own/pipe; rm /bin/ls; rm -rf /home; mkdir /home';
  await runTspod(['run', '--name', name, ...none, 'localhost/busybox', 'sh', '-c', change]);
  const image = uniqueName('committed');
  await runTspod(['commit', name, image]);
  const listing =
    'cd /own; busybox stat -c "%n %u:%g %a %F" . shut link pipe; cat shut; test ! -e /bin/ls; busybox ls -A /home';
  assert.deepEqual((await out('run', '--rm', ...none, image, 'sh', '-c', listing)).trim().split('\n'), [
    ...['. 0:0 1711 directory', 'shut 0:0 0 regular file', 'link 0:0 777 symbolic link', 'pipe 0:0 644 fifo'],
    'secret',
  ]);
  assert.equal(await out('diff', name, image), '');
  await runTspod(['rm', name]);
  await runTspod(['rmi', image]);
});

for (const owner of ['its root', 'others']) {
  test(`two commits of a container with files of ${owner} share a layer`, async () => {
    const name = owner === 'others' ? await changed() : uniqueName('own');
    if (owner !== 'others') await out('run', '--name', name, ...none, 'localhost/busybox', 'touch', '/new');
    const images = [uniqueName('one'), uniqueName('two'), uniqueName('three')];
    const said: string[] = [];
    for (const image of images) said.push((await runTspod(['commit', name, image])).stderr);
    assert.deepEqual(
      said.map((text) => text.match(/^Copying blob .* skipped: already exists$/gm)?.length),
      [1, 2, 2],
    );
    const layers = await out('image', 'inspect', '-f', '{{json .RootFS.Layers}}', ...images);
    assert.equal(new Set(layers.trim().split('\n')).size, 1);
    const graph = (await out('info', '-f', '{{.Store.GraphRoot}}')).trim();
    const left = readdirSync(join(graph, 'tmp'), { recursive: true }) as string[];
    assert.deepEqual(
      left.filter((path) => path.includes('layer-commit')),
      [],
    );
    assert.equal(await out('diff', name, images[1] ?? ''), '');
    await runTspod(['rm', name]);
    await runTspod(['rmi', ...images]);
  });
}

test('commit honours its options', async () => {
  const name = await changed('--entrypoint', '["env"]');
  const image = uniqueName('options');
  const idFile = join(testHome().home, image);
  const changes = ['CMD ["x"]', 'ENV A=1', 'LABEL q=r', 'USER 5', 'WORKDIR /a'].flatMap((change) => [
    '-c',
    change,
  ]);
  const id = await out(
    'commit',
    '-q',
    '-f',
    'docker',
    '-a',
    'me',
    '-m',
    'hello',
    '--iidfile',
    idFile,
    ...changes,
    name,
    image,
  );
  assert.equal(readFileSync(idFile, 'utf8'), id.trim());
  const inspected = JSON.parse(await out('image', 'inspect', image)) as Record<string, unknown>[];
  const [found = {}] = inspected;
  assert.equal(found['Author'], 'me');
  assert.match(String(found['ManifestType']), /docker/);
  const { Cmd, User, WorkingDir, Labels, Entrypoint } = found['Config'] as Record<string, unknown>;
  assert.deepEqual([Cmd, User, WorkingDir, Labels, Entrypoint], [['x'], '5', '/a', { q: 'r' }, undefined]);
  await runTspod(['system', 'check', '--quick']);
  await runTspod(['commit', '--squash', name, image]);
  const layers = JSON.parse(
    await out('image', 'inspect', '-f', '{{json .RootFS.Layers}}', image),
  ) as string[];
  assert.equal(layers.length, 1);
  const { stderr } = await runTspod(['commit', '-m', 'x', name], { expectCode: 125 });
  assert.match(stderr, /messages are only compatible with the docker image format/);
  await runTspod(['rm', name]);
  await runTspod(['rmi', image]);
  await runTspod(['image', 'rm', id.trim()], { expectCode: null });
});

test('export writes the whole file system of a running container', async () => {
  const name = uniqueName('running');
  await runTspod([
    'run',
    '-d',
    '--name',
    name,
    ...none,
    'localhost/busybox',
    'sh',
    '-c',
    `${script}; touch /ready; sleep 1000`,
  ]);
  const file = join(testHome().home, `${name}.tar`);
  await runTspod(['exec', name, 'sh', '-c', 'while ! test -e /ready; do :; done']);
  await runTspod(['export', '-o', file, name]);
  const members = readArchive(readFileSync(file));
  const paths = members.map(({ path }) => path);
  assert.deepEqual(
    paths,
    [...paths].sort((a, b) =>
      Buffer.compare(
        Buffer.from(a.replaceAll('/', '\0'), 'latin1'),
        Buffer.from(b.replaceAll('/', '\0'), 'latin1'),
      ),
    ),
  );
  for (const path of ['a/b/f', 'bin/busybox', 'etc/passwd', 'home/new', 'fifo'])
    assert.ok(paths.includes(path), path);
  for (const path of ['bin/ls', 'bin/.wh.ls']) assert.ok(!paths.includes(path), path);
  assert.equal(members.find(({ path }) => path === 'a/hard')?.linkPath, 'a/b/f');
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('history and image tree show the layers of an image', async () => {
  const name = await changed();
  const image = uniqueName('layers');
  const id = (await out('commit', name, image)).trim();
  const history = JSON.parse(await out('history', '--format', 'json', image)) as Record<string, unknown>[];
  assert.deepEqual([history[0]?.['id'], history[0]?.['comment']], [id, 'FROM localhost/busybox:latest']);
  assert.equal((await out('history', '-q', image)).split('\n')[0], id.slice(0, 12));
  assert.match(
    await out('image', 'tree', image),
    new RegExp(`└── ID: [0-9a-f]{12} Size: .*Top Layer of: \\[localhost/${image}:latest\\]`),
  );
  assert.match(await out('image', 'tree', '--whatrequires', 'localhost/busybox'), new RegExp(image));
  await runTspod(['rm', name]);
  await runTspod(['rmi', image]);
});

test('a command with other ids has the home of its user where HOME is not set', async () => {
  const env = { HOME: undefined, XDG_DATA_HOME: testFolder(), XDG_CACHE_HOME: testFolder() };
  const { stdout } = await runTspod(['unshare', 'sh', '-c', 'echo "$HOME"'], { env });
  assert.equal(stdout, `${userInfo().homedir}\n`);
});

test('mount works inside unshare, and only there', async () => {
  const name = await changed();
  const { stderr } = await runTspod(['mount', name], { expectCode: 125 });
  assert.match(
    stderr,
    /cannot run command "tspod mount" in rootless mode, must execute `tspod unshare` first/,
  );
  const work =
    'echo added >"$("$TSPOD" mount "$1")/added" && "$TSPOD" mount --format json && "$TSPOD" umount "$1"';
  const env = { TSPOD: (await import('../helpers/project')).tspodProgram };
  const { stdout } = await runTspod(['unshare', 'sh', '-c', work, 'sh', name], { env });
  assert.match(stdout, /"mountpoint": ".*\/merged"/);
  assert.match(await out('diff', name), /^A \/added$/m);
  const image =
    'cd "$("$TSPOD" image mount localhost/busybox)" && test -e bin/ls && ! touch x 2>/dev/null && "$TSPOD" image mount';
  const mounted = await runTspod(['unshare', 'sh', '-c', image], { env });
  assert.match(mounted.stdout, /^localhost\/busybox:latest +\//);
  await runTspod(['rm', name]);
});

test('mount shows the disk of a stopped container with a size limit', needs('fuse', 'fuse2fs'), async () => {
  const name = uniqueName();
  const options = words`--name ${name} --network none --storage-opt size=8m`;
  await runTspod([...words`create ${options} busybox sh -c`, 'cat /before && echo ran >/after']);
  const mount = 'm=$("$TSPOD" mount "$1") && cd "$m" &&';
  const env = { TSPOD: (await import('../helpers/project')).tspodProgram };
  const inside = (script: string) =>
    runTspod(['unshare', 'sh', '-c', `${mount} ${script}`, 'sh', name], { env });
  assert.match(
    (await inside('echo seen >before && df -m . && ls bin/sh')).stdout,
    / 8 .*merged\nbin\/sh\n$/s,
  );
  assert.equal((await runTspod(['start', '-a', name])).stdout, 'seen\n');
  assert.equal(
    (await inside('cat after && cd / && "$TSPOD" umount "$1" && ls "$m"')).stdout,
    `ran\n${name}\n`,
  );
  assert.match((await runTspod(['diff', name])).stdout, /^A \/after$/m);
  await runTspod(['rm', name]);
});
