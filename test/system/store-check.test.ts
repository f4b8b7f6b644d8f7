import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { dockerArchive, testLayer } from '../helpers/build-image';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

interface Image {
  name: string;
  /** Of its two layers, the upper one second. */
  diffs: [string, string];
  blobs: [string, string];
}

/** Loads an image of two compressed layers that no other test has. */
async function loadImage(): Promise<Image> {
  const name = uniqueName('checked');
  const lower = await buildArchive([
    { name: './', type: 'directory', mode: 0o755 },
    { name: 'etc/', type: 'directory', mode: 0o755 },
    { name: 'etc/passwd', data: `root:x:0:0:${name}:/:/bin/sh\n`, mode: 0o644 },
    { name: 'etc/hard', type: 'link', linkname: 'etc/passwd' },
    { name: 'etc/link', type: 'symlink', linkname: 'passwd' },
    { name: 'etc/owned', data: 'x', uid: 5, gid: 6, mode: 0o4711 },
    { name: 'etc/marked', data: 'x', pax: { 'SCHILY.xattr.user.mark': 'yes' } },
    { name: 'etc/pipe', type: 'fifo', mode: 0o600 },
    { name: 'gone', data: 'x' },
  ]);
  const upper = await buildArchive([
    { name: '.wh.gone', data: '' },
    { name: 'etc/.wh..wh..opq', data: '' },
    { name: 'etc/new', data: name },
  ]);
  const layers = [lower, upper].map((archive) => testLayer(archive, gzipSync));
  const file = join(testFolder(), 'image.tar');
  writeFileSync(file, await dockerArchive([{ layers, names: [`localhost/${name}:latest`] }]));
  const before = new Set(readdirSync(join(storeRoot(), 'layers')));
  await runTspod(['load', '-i', file]);
  const records = readdirSync(join(storeRoot(), 'layers'))
    .filter((hex) => !before.has(hex))
    .map((hex) => ({
      hex,
      ...JSON.parse(readFileSync(join(storeRoot(), 'layers', hex, 'layer.json'), 'utf8')),
    }))
    .sort((a) => (a.parent === undefined ? -1 : 1));
  const diffs = records.map(({ hex }) => join(storeRoot(), 'layers', hex, 'diff')) as [string, string];
  const blobs = records.map(({ blob }) => join(storeRoot(), 'blobs/sha256', blob.digest.slice(7))) as [
    string,
    string,
  ];
  return { name, diffs, blobs };
}

const check = (...args: string[]) => runTspod(['system', 'check', ...args], { expectCode: null });
const inUserns = (script: string, ...args: string[]) =>
  runTspod(['unshare', 'sh', '-ec', script, 'sh', ...args]);

test('a store as it should be is found to be so', async () => {
  await runTspod(['run', '--rm', '--network', 'none', 'busybox', 'true']);
  await loadImage();
  for (const args of [[], ['--quick'], ['--repair'], ['--force'], ['--max', '0s']]) {
    const { stdout, stderr, code } = await check(...args);
    assert.equal(`${stdout}${stderr}${code}`, '0');
  }
});

const damages: { what: string; script: string; says: RegExp; quick?: boolean }[] = [
  { what: 'mode', script: 'chmod 600 "$1/etc/passwd"', says: /etc\/passwd has mode 0600, expected 0644/ },
  {
    what: 'set-uid bit',
    script: 'chmod u-s "$1/etc/owned"',
    says: /etc\/owned has mode 0711, expected 04711/,
  },
  { what: 'owner', script: 'chown 7:8 "$1/etc/link" -h', says: /etc\/link belongs to 7:8, expected 0:0/ },
  { what: 'size', script: 'echo >>"$1/etc/passwd"', says: /etc\/passwd has \d+ bytes, expected \d+/ },
  {
    what: 'content',
    script: 'printf R | dd of="$1/etc/passwd" conv=notrunc 2>&1',
    says: /etc\/passwd has another content/,
    quick: false,
  },
  { what: 'missing file', script: 'rm "$1/etc/owned"', says: /etc\/owned is missing/ },
  { what: 'additional file', script: 'echo >"$1/etc/more"', says: /etc\/more is not in the archive/ },
  {
    what: 'type',
    script: 'rm "$1/etc/pipe"; mkdir "$1/etc/pipe"',
    says: /etc\/pipe is a directory, expected a fifo/,
  },
  {
    what: 'link target',
    script: 'ln -sfn other "$1/etc/link"',
    says: /etc\/link leads to "other", expected "passwd"/,
  },
  {
    what: 'hard link',
    script: 'cp -p "$1/etc/hard" "$1/h"; mv "$1/h" "$1/etc/hard"',
    says: /etc\/hard is no hard link to \/etc\/passwd/,
  },
  {
    what: 'attribute',
    script: 'setfattr -n user.mark -v no "$1/etc/marked"',
    says: /etc\/marked has another extended attribute "user.mark"/,
  },
  { what: 'whiteout', script: 'rm "$2/gone"', says: /gone is missing/ },
  {
    what: 'opaque directory',
    script: 'setfattr -x user.overlay.opaque "$2/etc"',
    says: /etc does not hide what is below it/,
  },
  { what: 'lost layer', script: 'rm -r "$2"', says: /layer [0-9a-f]{12} is missing/ },
  {
    what: 'lost record',
    script: 'rm "$2/../layer.json"',
    says: /the record of layer [0-9a-f]{12} is missing/,
  },
  {
    what: 'cut off record',
    script: 'echo "{" >"$2/../layer.json"',
    says: /the record of layer [0-9a-f]{12} is broken/,
  },
  {
    what: 'record without content',
    script: 'echo "{}" >"$2/../layer.json"',
    says: /the record of layer [0-9a-f]{12} is broken: it holds something else/,
  },
];
for (const { what, script, says, quick = true } of damages) {
  test(`a layer that differs (${what}) is found, and made anew from its archive`, async () => {
    const { name, diffs } = await loadImage();
    await inUserns(script, ...diffs);
    const { stdout, stderr, code } = await check();
    assert.match(stdout, says);
    assert.match(stdout, new RegExp(`^image localhost/${name}:latest: `));
    assert.equal(stdout.trim().split('\n').length, 1, stdout);
    assert.match(stderr, /^Error: damage detected in local storage$/m);
    assert.equal(code, 125);
    assert.equal((await check('--quick')).code, quick ? 125 : 0);
    assert.match((await runTspod(['system', 'check', '--repair'])).stdout, /: repaired\n$/);
    await runTspod(['system', 'check']);
  });
}

test('an altered archive is told of, taken away by the repair, and brought again by a load', async () => {
  const { name, blobs } = await loadImage();
  const whole = readFileSync(blobs[1]);
  const altered = Buffer.from(whole);
  altered[20] = (altered[20] ?? 0) ^ 0xff;
  writeFileSync(blobs[1], altered);
  assert.match(
    (await check()).stdout,
    new RegExp(`${name}:latest: archive [0-9a-f]{12} .*\\(pull or load it again\\)`),
  );
  const { stdout, code } = await check('--repair');
  assert.match(stdout, /not repaired: pull or load it again/);
  assert.equal(code, 125);
  assert.ok(!existsSync(blobs[1]));
  writeFileSync(blobs[1], whole);
  await runTspod(['system', 'check']);
});

test('an image that has lost its configuration is told of, listed beside the others, and removed by --force', async () => {
  const { name } = await loadImage();
  const { stdout } = await runTspod(['image', 'inspect', '-f', '{{.Id}}', name]);
  rmSync(join(storeRoot(), 'blobs/sha256', stdout.trim()));
  rmSync(join(storeRoot(), 'images', `${stdout.trim()}.json`));
  assert.match((await check()).stdout, new RegExp(`${name}:latest: configuration [0-9a-f]{12} is missing`));
  assert.match((await runTspod(['images'])).stdout, new RegExp(name));
  await runTspod(['system', 'check', '--force']);
  assert.doesNotMatch((await runTspod(['images'])).stdout, new RegExp(name));
  await runTspod(['system', 'check']);
});

test('a broken list of images is put together again with the names', async () => {
  const { name } = await loadImage();
  const index = join(storeRoot(), 'index.json');
  writeFileSync(index, readFileSync(index, 'utf8').slice(0, -10));
  const { stderr } = await runTspod(['images'], { expectCode: 125 });
  assert.match(stderr, /index\.json.*\nhint: .*tspod system check --repair/);
  assert.match((await check()).stdout, /the list of images is broken/);
  await runTspod(['system', 'check', '--repair']);
  assert.match((await runTspod(['images'])).stdout, new RegExp(name));
  await runTspod(['system', 'check']);
});

test('a list of images that is lost is told of, and put together again from what there is', async () => {
  const { name } = await loadImage();
  const { stdout } = await runTspod(['image', 'inspect', '-f', '{{.Id}}', name]);
  rmSync(join(storeRoot(), 'index.json'));
  const { stderr } = await runTspod(['images'], { expectCode: 125 });
  assert.match(stderr, /index\.json.*it is missing, and there are images\nhint: .*system check --repair/);
  assert.match((await check()).stdout, /the list of images is broken/);
  await runTspod(['system', 'check', '--repair']);
  await runTspod(['image', 'exists', stdout.trim()]);
  await runTspod(['system', 'check']);
});

test('a broken record of an image is told of with the cure', async () => {
  const { name } = await loadImage();
  const { stdout } = await runTspod(['image', 'inspect', '-f', '{{.Id}}', name]);
  writeFileSync(join(storeRoot(), 'images', `${stdout.trim()}.json`), '{');
  const { stderr } = await runTspod(['create', name, '/program'], { expectCode: 125 });
  assert.match(stderr, /^Error: reading ".*\nhint: repair it with "tspod system check --repair"/);
  await runTspod(['system', 'check', '--repair']);
  await runTspod(['image', 'exists', name]);
});

test('a layer under a running container is not replaced', async () => {
  const name = uniqueName();
  const { stdout } = await runTspod(words`run -d --name ${name} --network none busybox sleep 1000`);
  const { chainIds } = JSON.parse(
    readFileSync(join(storeRoot(), 'containers', stdout.trim(), 'record.json'), 'utf8'),
  );
  await inUserns('chmod 700 "$1/bin"', join(storeRoot(), 'layers', chainIds[0], 'diff'));
  const running = await check('--repair');
  assert.match(
    running.stdout,
    new RegExp(`container ${name}: .*not repaired: container ${name} runs on it: stop it first`),
  );
  assert.equal(running.code, 125);
  await runTspod(['stop', '-t', '0', name]);
  await runTspod(['system', 'check', '--repair']);
  await runTspod(['start', name]);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('broken containers and names are told of; names are repaired, containers removed by --force', async () => {
  const [whole, broken] = [uniqueName(), uniqueName()];
  await runTspod(['create', '--name', whole, 'busybox', 'true']);
  const id = (await runTspod(['create', '--name', broken, 'busybox', 'true'])).stdout.trim();
  rmSync(join(storeRoot(), 'names', whole));
  symlinkSync('0'.repeat(64), join(storeRoot(), 'names/nobody'));
  assert.match(
    (await check()).stdout,
    new RegExp(`container ${whole}: its name does not lead to it[^]*"nobody" leads to no container`),
  );
  await runTspod(['system', 'check', '--repair']);
  await runTspod(['start', whole]);
  writeFileSync(join(storeRoot(), 'containers', id, 'record.json'), '{');
  assert.match(
    (await check('--repair')).stdout,
    new RegExp(`container ${id.slice(0, 12)}: the record .* is broken.*tspod rm --force`),
  );
  await runTspod(['system', 'check', '--force']);
  assert.equal((await runTspod(['ps', '-a', '--format', '{{.Names}}'])).stdout, `${whole}\n`);
  await runTspod(['rm', '-f', '-t', '0', whole]);
});

test('what is left over is told of when it is older than --max, and removed; volumes are left alone', async () => {
  const old = new Date(Date.now() - 48 * 3600_000);
  const hex = 'ab'.repeat(32);
  for (const path of [
    `layers/${hex}/diff`,
    'tmp/image-0123456789abcdef',
    `shifted/${hex}/map`,
    'volumes/odd',
  ])
    mkdirSync(join(storeRoot(), path), { recursive: true });
  writeFileSync(join(storeRoot(), 'blobs/sha256', hex), 'x');
  rmSync(join(storeRoot(), 'layers', hex, 'diff'), { recursive: true });
  for (const path of [`layers/${hex}`, 'tmp/image-0123456789abcdef', `blobs/sha256/${hex}`])
    utimesSync(join(storeRoot(), path), old, old);
  const { stdout, stderr } = await check();
  assert.equal(stdout.trim().split('\n').length, 4, stdout);
  assert.match(stderr, /volume odd has no record/);
  assert.match(
    (await check('--max', '72h')).stdout,
    /^layers with shifted owners of abababababab, which is gone\n$/,
  );
  await runTspod(['system', 'check', '--repair']);
  assert.deepEqual(readdirSync(join(storeRoot(), 'volumes')), ['odd']);
  assert.deepEqual(readdirSync(join(storeRoot(), 'tmp')), []);
  rmSync(join(storeRoot(), 'volumes/odd'), { recursive: true });
  assert.equal((await check('--max', '0s')).stdout, '');
});

test('shifted layers of a container are made again', async () => {
  const name = uniqueName();
  await runTspod(words`create --name ${name} --network none --userns keep-id busybox id -u`);
  await inUserns('rm -rf "$1"', join(storeRoot(), 'shifted'));
  const found = await check();
  if (found.code !== 0) {
    assert.match(found.stdout, /its layers with shifted owners are missing/);
    await runTspod(['system', 'check', '--repair']);
  }
  await runTspod(['start', '-a', name]);
  await runTspod(['rm', name]);
});
