import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const sh = (options: readonly string[], script: string, expectCode = 0) =>
  runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script], { expectCode });

function sourceFolder(): string {
  const folder = testFolder();
  mkdirSync(`${folder}/sub`);
  writeFileSync(`${folder}/file`, 'text\n');
  return folder;
}

function rootFolder(): string {
  const folder = testFolder('root');
  for (const name of ['bin', 'real']) mkdirSync(`${folder}/${name}`);
  copyFileSync('/bin/busybox', `${folder}/bin/busybox`);
  for (const name of ['sh', 'ls', 'touch']) symlinkSync('busybox', `${folder}/bin/${name}`);
  symlinkSync('/real', `${folder}/link`);
  symlinkSync('../../../../../real', `${folder}/out`);
  return folder;
}

test("a new volume belongs to the container's user where the image has nothing", async () => {
  const name = uniqueName();
  const use = ['-v', `${name}:/fresh`, '-u', '1000:1001'];
  assert.equal((await sh(use, 'stat -c %u:%g /fresh; touch /fresh/x')).stdout, '1000:1001\n');
  assert.equal((await sh(['-v', `${name}:/fresh`], 'stat -c %u:%g /fresh')).stdout, '1000:1001\n');
  await runTspod(['volume', 'rm', name]);
});

test('an empty volume keeps its owner when the container starts again (in Podman root gets it)', async () => {
  const [name, container] = [uniqueName(), uniqueName()];
  const script = 'stat -c %u /fresh; touch /fresh/x && rm /fresh/x';
  const create = ['create', '--name', container, '--network', 'none', '-v', `${name}:/fresh`, '-u', '1000'];
  await runTspod([...create, 'busybox', 'sh', '-c', script]);
  for (let start = 0; start < 2; start++)
    assert.equal((await runTspod(['start', '--attach', container])).stdout, '1000\n');
  await runTspod(['rm', container]);
  await runTspod(['volume', 'rm', name]);
});

test('a new volume takes owner and content of a directory of the image', async () => {
  const name = uniqueName();
  const { stdout } = await sh(['-v', `${name}:/etc`, '-u', '1000'], 'stat -c %u /etc; ls /etc/passwd');
  assert.equal(stdout, '0\n/etc/passwd\n');
  await runTspod(['volume', 'rm', name]);
});

const mounts: readonly (readonly [string, (folder: string) => string[], string, RegExp, number?])[] = [
  ['ro', (f) => ['-v', `${f}:/m:ro`], 'cat /m/file; touch /m/x', /^text\n$/, 1],
  ['O', (f) => ['-v', `${f}:/m:O`], 'touch /m/made; ls /m', /^file\nmade\nsub\n$/],
  ['a file', (f) => ['-v', `${f}/file:/etc/name`], 'cat /etc/name', /^text\n$/],
  ['a target with dots and a slash at its end', (f) => ['-v', `${f}/:/m/../n/`], 'cat /n/file', /^text\n$/],
  ['a target with a blank', (f) => ['-v', `${f}:/with blank`], 'cat "/with blank/file"', /^text\n$/],
  ['flags', (f) => ['-v', `${f}:/m:noexec,nodev`], 'grep " /m " /proc/self/mountinfo', /nodev,noexec/],
  ['rshared', (f) => ['-v', `${f}:/m:rshared`], 'grep " /m " /proc/self/mountinfo', /shared:/],
  ['rslave', (f) => ['-v', `${f}:/m:rslave`], 'grep -c " /m " /proc/self/mountinfo', /^1\n$/],
  ['--mount', (f) => ['--mount', `type=bind,src=${f},dst=/m,ro`], 'cat /m/file', /^text\n$/],
  ['below --read-only', (f) => ['--read-only', '-v', `${f}:/new/m`], 'cat /new/m/file', /^text\n$/],
];

for (const [name, options, script, expected, code] of mounts) {
  test(`bind mount: ${name}`, async () => {
    const folder = sourceFolder();
    assert.match((await sh(options(folder), script, code)).stdout, expected);
    assert.equal(existsSync(`${folder}/made`), false);
  });
}

test('a relative source is that of the working directory', async () => {
  const folder = sourceFolder();
  const run = ['run', '--rm', '--network', 'none', '-v', './sub/../:/m', 'busybox', 'cat', '/m/file'];
  assert.equal((await runTspod(run, { cwd: folder })).stdout, 'text\n');
});

test('nonsense of --volume and --mount is refused with 125', async () => {
  const folder = sourceFolder();
  const wrong = [
    '/tmp:rel',
    `${folder}:/m:bad`,
    `${folder}:/m:ro,rw`,
    ':',
    '/nonexistent/x:/m',
    `${folder}:/m:ro:x`,
  ];
  for (const volume of wrong) await sh(['-v', volume], 'true', 125);
  for (const mount of ['type=bad,dst=/m', `type=bind,src=${folder}`, `type=bind,src=${folder},dst=/m,bad=x`])
    await sh(['--mount', mount], 'true', 125);
});

test('a tmpfs holds what it covers, unless notmpcopyup says otherwise', async () => {
  assert.equal((await sh(['--tmpfs', '/etc'], 'test -e /etc/group && echo there')).stdout, 'there\n');
  assert.equal(
    (await sh(['--tmpfs', '/etc:notmpcopyup'], 'test -e /etc/group || echo gone')).stdout,
    'gone\n',
  );
});

test('a tmpfs may belong to a user (Podman refuses uid and gid)', async () => {
  assert.equal((await sh(['--tmpfs', '/m:uid=5,gid=6'], 'stat -c %u:%g /m')).stdout, '5:6\n');
});

test('--rootfs: a directory, with O untouched, links of it stay inside', async () => {
  const root = rootFolder();
  const run = (options: string[], script: string) =>
    runTspod(['run', '--rm', '--network', 'none', ...options, '/bin/sh', '-c', script]);
  await run(['--rootfs', `${root}:O`], 'touch /made');
  assert.equal(existsSync(`${root}/made`), false);
  const folder = sourceFolder();
  const { stdout } = await run(['-v', `${folder}:/link`, '--rootfs', root], 'ls /real');
  assert.equal(stdout, 'file\nsub\n');
  await run(['-v', `${folder}:/out/x`, '--rootfs', root], 'ls /real/x');
  assert.ok(existsSync(`${root}/real/x`));
  await run(['--rootfs', root], 'touch /made');
  assert.ok(existsSync(`${root}/made`));
});

test('--mount type=devpts and type=ramfs', async () => {
  const mount = (text: string): string[] => ['--mount', text];
  const { stdout } = await sh(
    mount('type=devpts,dst=/pts,mode=0640,max=9'),
    'ls /pts; grep " /pts " /proc/mounts',
  );
  assert.match(stdout, /^ptmx\ndevpts \/pts devpts rw,.*mode=640,.*max=9/);
  const script = 'echo x >/ram/f && grep " /ram " /proc/mounts';
  assert.match((await sh(mount('type=ramfs,dst=/ram'), script)).stdout, /^ramfs \/ram ramfs rw/);
  assert.match((await sh(mount('type=ramfs,dst=/ram,ro'), 'touch /ram/f', 1)).stderr, /Read-only/);
});
