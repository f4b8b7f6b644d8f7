import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { buildArchive } from '../helpers/build-archive';
import { readArchive } from '../helpers/read-archive';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const image = 'localhost/busybox';
const refused = { expectCode: 125 };

async function container(state: 'running' | 'created', ...options: string[]): Promise<string> {
  const name = uniqueName('copied');
  const start = state === 'running' ? ['run', '-d'] : ['create'];
  await runTspod([...start, '--name', name, '--network', 'none', ...options, image, 'sleep', '1000']);
  return name;
}

const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', ...names]);
const cp = (...args: string[]) => runTspod(['cp', ...args]);
const inside = async (name: string, script: string): Promise<string> =>
  (await runTspod(['exec', name, 'sh', '-c', script])).stdout;

/** A directory with a file, one below, a link, a hard link and a FIFO. */
function sample(): string {
  const folder = testFolder();
  const top = join(folder, 'd');
  mkdirSync(join(top, 'sub'), { recursive: true });
  writeFileSync(join(top, 'a'), 'alpha', { mode: 0o640 });
  writeFileSync(join(top, 'sub/b'), 'beta');
  linkSync(join(top, 'a'), join(top, 'hard'));
  symlinkSync('../nowhere', join(top, 'link'));
  execFileSync('mkfifo', [join(top, 'fifo')]);
  chmodSync(join(top, 'a'), 0o4750);
  utimesSync(join(top, 'a'), 1_000_000, 1_000_000);
  chmodSync(top, 0o751);
  return folder;
}

for (const state of ['running', 'created'] as const) {
  test(`files, links and modes go into a ${state} container and come back`, async () => {
    const folder = sample();
    const name = await container(state);
    await cp(join(folder, 'd'), `${name}:/srv`);
    await cp(`${name}:/srv`, join(folder, 'back'));
    const back = join(folder, 'back');
    assert.deepEqual(readdirSync(back).sort(), ['a', 'fifo', 'hard', 'link', 'sub']);
    assert.equal(readFileSync(join(back, 'sub/b'), 'utf8'), 'beta');
    assert.equal(readlinkSync(join(back, 'link')), '../nowhere');
    const status = lstatSync(join(back, 'a'));
    assert.equal(status.mode & 0o7777, 0o4750);
    assert.equal(status.mtimeMs, 1_000_000_000);
    assert.equal(status.ino, lstatSync(join(back, 'hard')).ino);
    assert.ok(lstatSync(join(back, 'fifo')).isFIFO());
    assert.equal(statSync(back).mode & 0o777, 0o751);
    await remove(name);
  });
}

test('where a copy goes depends on what is there, a slash and a dot, as with Podman', async () => {
  const folder = sample();
  const name = await container('running');
  const file = join(folder, 'd/a');
  const directory = join(folder, 'd');
  await inside(name, 'mkdir /t; echo old >/t/file; ln -s /t /l; ln -s /t/new /dangling');
  await cp(file, `${name}:/t/file`);
  await cp(file, `${name}:/t/`);
  await cp(file, `${name}:/l`);
  await cp(file, `${name}:/dangling`);
  await cp(directory, `${name}:/t`);
  await cp(`${directory}/.`, `${name}:/t/contents`);
  await cp(`${directory}/`, `${name}:/t/contents/`);
  await cp(`${directory}/sub/.`, `${name}:/t/d`);
  const found = (await inside(name, 'cd /t; find . -type f | sort')).trim().split('\n');
  assert.deepEqual(found, [
    ...['./a', './contents/a', './contents/d/a', './contents/d/hard', './contents/d/sub/b'],
    ...['./contents/hard', './contents/sub/b', './d/a', './d/b', './d/hard', './d/sub/b', './file', './new'],
  ]);
  assert.equal(await inside(name, 'cat /t/file'), 'alpha');
  const messages: [from: string, to: string, message: RegExp][] = [
    [
      file,
      `${name}:/missing/`,
      /"\/missing\/" could not be found on container .*: no such file or directory/,
    ],
    [file, `${name}:/missing/x`, /"\/missing\/x" could not be found on container/],
    [file, `${name}:/t/file/`, /"\/t\/file\/" could not be found on container .*: not a directory/],
    [directory, `${name}:/t/file`, /destination must be a directory when copying a directory/],
    [`${name}:/missing`, folder, /"\/missing" could not be found on container/],
    [join(folder, 'missing'), `${name}:/t`, /could not be found on the host: no such file or directory/],
    [`${name}:/t/file`, join(folder, 'missing/'), /could not be found on the host/],
    [
      `${name}:/t/file`,
      '/dev/null',
      /invalid destination: "\/dev\/null" must be a directory or a regular file/,
    ],
    [`${name}:/proc/version`, folder, /what is in \/dev, \/proc and \/sys is the machine's/],
    [file, 'nobody:/x', /container "nobody" does not exist/],
  ];
  for (const [from, to, message] of messages)
    assert.match((await runTspod(['cp', from, to], refused)).stderr, message);
  await remove(name);
});

test('a file replaces a directory, and a directory a file, only with --overwrite', async () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'e/dir'), { recursive: true });
  writeFileSync(join(folder, 'e/file'), 'new');
  const name = await container('running');
  await inside(name, 'mkdir -p /z/e/file/full/x; echo old >/z/e/dir');
  const { stderr } = await runTspod(['cp', join(folder, 'e'), `${name}:/z`], refused);
  assert.match(stderr, /a directory cannot replace the file "e\/dir"[^]*--overwrite/);
  await cp('--overwrite', join(folder, 'e'), `${name}:/z`);
  assert.equal(await inside(name, 'cat /z/e/file; ls -d /z/e/dir/'), 'new/z/e/dir/\n');
  await remove(name);
});

test("what is copied in belongs to the container's user, or keeps its owner; what comes out is the caller's", async () => {
  const folder = sample();
  const name = await container('running', '--user', '1000:100');
  const kept = await container('running', '--userns', 'keep-id', '--user', 'root');
  for (const each of [name, kept]) await cp(join(folder, 'd/a'), `${each}:/tmp/a`);
  await cp('--archive=false', join(folder, 'd/a'), `${name}:/tmp/own`);
  assert.equal(await inside(name, 'stat -c %u:%g /tmp/a /tmp/own'), '1000:100\n0:0\n');
  assert.equal(await inside(kept, 'stat -c %u:%g /tmp/a'), '0:0\n');
  for (const each of [name, kept]) {
    await cp(`${each}:/tmp/a`, join(folder, each));
    assert.equal(statSync(join(folder, each)).uid, process.getuid?.());
  }
  await cp(`${name}:/tmp/a`, `${kept}:/tmp/b`);
  assert.equal(await inside(kept, 'stat -c %u:%g /tmp/b; cat /tmp/b'), '0:0\nalpha');
  await remove(name, kept);
});

test('volumes, bind mounts and tmpfs of a running container are seen, of a stopped one what lies below the target', async () => {
  const folder = sample();
  const shared = testFolder();
  const volume = uniqueName('copied');
  const mounts = ['-v', `${volume}:/vol`, '-v', `${shared}:/bind`, '--tmpfs', '/tm'];
  const running = await container('running', ...mounts);
  const stopped = await container('created', ...mounts);
  await cp(join(folder, 'd/a'), `${running}:/tm/x`);
  assert.equal(await inside(running, 'cat /tm/x'), 'alpha');
  await cp(join(folder, 'd/a'), `${stopped}:/vol/x`);
  await cp(join(folder, 'd/a'), `${stopped}:/bind/x`);
  assert.equal(await inside(running, 'cat /vol/x /bind/x'), 'alphaalpha');
  await cp(`${running}:/bind/x`, `${stopped}:/bind/y`);
  assert.equal(readFileSync(join(shared, 'y'), 'utf8'), 'alpha');
  await cp(`${stopped}:/vol/.`, join(folder, 'vol'));
  assert.deepEqual(readdirSync(join(folder, 'vol')), ['x']);
  await remove(running, stopped);
  await runTspod(['volume', 'rm', volume]);
});

test('a file that is mounted gets the new content', async () => {
  const folder = sample();
  const name = await container('running');
  await cp(join(folder, 'd/a'), `${name}:/etc/hosts`);
  assert.equal(await inside(name, 'cat /etc/hosts'), 'alpha');
  await remove(name);
});

test('a directory can be copied into itself, and into a mount of itself', { timeout: 60_000 }, async () => {
  const shared = testFolder();
  writeFileSync(join(shared, 'f'), 'x');
  const name = await container('running', '-v', `${shared}:/shared`);
  await inside(name, 'mkdir -p /a/b; echo x >/a/f');
  await cp(`${name}:/a`, `${name}:/a/b`);
  assert.equal(await inside(name, 'find /a | sort'), '/a\n/a/b\n/a/b/a\n/a/b/a/b\n/a/b/a/f\n/a/f\n');
  await cp(`${name}:/shared`, join(shared, 'copy'));
  assert.deepEqual(readdirSync(join(shared, 'copy')), ['f']);
  await remove(name);
});

test('archives go out and in, whatever they are compressed with, and none leads out of its directory', async () => {
  const folder = sample();
  const name = await container('running', '--user', '5:6');
  await cp(join(folder, 'd'), `${name}:/tmp`);
  const { stdout } = await runTspod(['cp', `${name}:/tmp/d`, '-']);
  const archive = Buffer.from(stdout);
  const members = readArchive(archive).map(({ path }) => path);
  assert.deepEqual(members, ['d', 'd/a', 'd/fifo', 'd/hard', 'd/link', 'd/sub', 'd/sub/b']);
  await inside(name, 'mkdir /tmp/in');
  await runTspod(['cp', '-', `${name}:/tmp/in`], { stdin: gzipSync(archive) });
  assert.equal(await inside(name, 'cat /tmp/in/d/sub/b; stat -c %u:%g /tmp/in/d/a'), 'beta5:6\n');
  const hostile = execFileSync('tar', [
    '-cP',
    '-C',
    folder,
    '--transform',
    's,^d/sub,../../../up,',
    'd/sub/b',
  ]);
  await runTspod(['cp', '-', `${name}:/tmp/in`], { stdin: hostile });
  assert.equal(await inside(name, 'cat /tmp/in/up/b'), 'beta');
  const errors: [target: string, input: string | Buffer, message: RegExp][] = [
    ['/tmp/in', 'hello', /source must be a \(compressed\) tar archive when copying from stdin/],
    ['/tmp/in', '', /source must be a \(compressed\) tar archive/],
    ['/tmp/in/d/a', archive, /destination must be a directory when copying from stdin/],
    ['/tmp/no', archive, /destination must be a directory when copying from stdin/],
    ['/tmp/in', archive.subarray(0, 1000), /unexpected end of the tar archive/],
  ];
  for (const [target, stdin, message] of errors)
    assert.match((await runTspod(['cp', '-', `${name}:${target}`], { ...refused, stdin })).stderr, message);
  await remove(name);
});

test('extended attributes are kept, in archives and between files', async () => {
  const folder = testFolder();
  const pax = { 'SCHILY.xattr.user.kind': 'first' };
  const archive = await buildArchive([{ name: 'x', data: 'alpha', pax }]);
  const name = await container('running');
  await runTspod(['cp', '-', `${name}:/tmp`], { stdin: archive });
  await cp(`${name}:/tmp/x`, join(folder, 'x'));
  assert.equal(readFileSync(join(folder, 'x'), 'utf8'), 'alpha');
  await cp(join(folder, 'x'), `${name}:/tmp/y`);
  const { stdout } = await runTspod(['cp', `${name}:/tmp/y`, '-']);
  const [member] = readArchive(Buffer.from(stdout));
  assert.equal(member?.xattrs.get('user.kind')?.toString(), 'first');
  await remove(name);
});

test('links of a container stay inside it, in both directions', async () => {
  const folder = sample();
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'of the machine');
  const name = await container('running');
  await inside(
    name,
    `mkdir -p /x/${folder} /y; echo own >/x${secret}; ln -s ${secret} /x/abs; ln -s ../../../../../../..${secret} /x/up`,
  );
  await inside(name, `ln -s /proc/1/root/etc /x/proc; ln -s ${folder} /y/d`);
  for (const link of ['abs', 'up'])
    assert.match(
      (await runTspod(['cp', `${name}:/x/${link}`, join(folder, 'got')], refused)).stderr,
      /could not be found/,
    );
  assert.match(
    (await runTspod(['cp', `${name}:/x/proc/passwd`, join(folder, 'got')], refused)).stderr,
    /could not be found/,
  );
  await cp(`${name}:/x`, join(folder, 'out'));
  assert.equal(readlinkSync(join(folder, 'out/abs')), secret);
  // over a link in the target: refused, never followed
  await runTspod(['cp', join(folder, 'd'), `${name}:/y`], refused);
  await cp(join(folder, 'd/a'), `${name}:/x/abs`).catch(() => undefined);
  assert.equal(readFileSync(secret, 'utf8'), 'of the machine');
  assert.deepEqual(readdirSync(join(folder, 'd')).sort(), ['a', 'fifo', 'hard', 'link', 'sub']);
  await remove(name);
});

test('a container that swaps directories for links while files are copied gets nothing of the machine', async () => {
  const folder = testFolder();
  const outside = testFolder();
  mkdirSync(join(folder, 'many/s'), { recursive: true });
  for (let at = 0; at < 300; at++) writeFileSync(join(folder, `many/s/${at}`), 'x');
  writeFileSync(join(outside, 'marker'), 'machine');
  const name = await container('running');
  await inside(name, 'mkdir -p /w/many');
  const swap = `cd /w/many; while :; do mkdir -p s; mv s t; ln -s ${outside} s; rm -f s; mv t s; rm -rf t; done`;
  await runTspod(['exec', '-d', name, 'sh', '-c', swap]);
  for (let round = 0; round < 8; round++) {
    await cp('--overwrite', join(folder, 'many'), `${name}:/w`).catch(() => undefined);
    await cp(`${name}:/w/many`, join(folder, `back-${round}`)).catch(() => undefined);
    const copy = join(folder, `back-${round}/s`);
    const isLink = lstatSync(copy, { throwIfNoEntry: false })?.isSymbolicLink() ?? true;
    assert.ok(isLink || !existsSync(join(copy, 'marker')));
  }
  assert.deepEqual(readdirSync(outside), ['marker']);
  await remove(name);
});
