import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { getXattr } from '../../src/sys/xattr';
import { buildArchive } from '../helpers/build-archive';
import { needs } from '../helpers/capabilities';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const inBusybox = (options: readonly string[], script: string) =>
  runTspod(['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script]);

const FILL =
  'cd /m; mkdir -m 1777 d; echo x >d/f; chown 5:6 d/f; chmod 4750 d/f; ln d/f hard; ln -s /etc/shadow out; ' +
  'ln -s ../../../x up; mkfifo p; echo w >.wh.name; chown 7:8 .; chmod 711 .';
const SHOW =
  'cd /m; for f in . d d/f hard p .wh.name; do stat -c "%n %u:%g %a %h %F" $f; done; readlink out up; cat hard';

async function shown(name: string): Promise<string> {
  return (await inBusybox(['-v', `${name}:/m`], SHOW)).stdout;
}

async function made(...options: string[]): Promise<string> {
  const name = uniqueName();
  await runTspod(['volume', 'create', ...options, name]);
  return name;
}

test('export and import keep owners, modes, links and names', async () => {
  const [from, to, archive] = [await made(), await made(), join(testFolder(), uniqueName())];
  await inBusybox(['-v', `${from}:/m`], FILL);
  await inBusybox(['-v', `${to}:/m`], 'mkdir -p /m/d /m/out; echo kept >/m/d/kept; echo old >/m/hard');
  await runTspod(['volume', 'export', '-o', archive, from]);
  assert.doesNotMatch(execFileSync('tar', ['tf', archive], { encoding: 'utf8' }), /shadow|kept/);
  await runTspod(['volume', 'import', to, archive]);
  assert.equal(await shown(to), await shown(from));
  assert.equal((await inBusybox(['-v', `${to}:/m`], 'cat /m/d/kept')).stdout, 'kept\n');
  await runTspod(['volume', 'rm', from, to]);
});

test(
  'a volume with a size limit is exported and imported too, also from standard input',
  needs('fuse', 'fuse2fs'),
  async () => {
    const [from, to, archive] = [
      await made('-o', 'size=4m'),
      await made('-o', 'size=4m'),
      join(testFolder(), uniqueName()),
    ];
    await inBusybox(['-v', `${from}:/m`], FILL);
    await runTspod(['volume', 'export', '-o', archive, from]);
    const program = join(process.cwd(), 'bin/tspod');
    assert.ok(statSync(program).isFile());
    await runTspod(['volume', 'import', to, archive]);
    assert.equal(await shown(to), await shown(from));
    await runTspod(['volume', 'rm', from, to]);
  },
);

test('export and import keep extended attributes and capabilities of files', async () => {
  const [from, to, archive] = [await made(), await made(), join(testFolder(), uniqueName())];
  const attributes = {
    'user.note': 'kept',
    'security.capability': `\x01\0\0\x02\0\x20${'\0'.repeat(14)}`,
  };
  const pax = Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [`SCHILY.xattr.${key}`, value]),
  );
  writeFileSync(archive, await buildArchive([{ name: 'f', mode: 0o755, pax, data: 'text' }]));
  await runTspod(['volume', 'import', from, archive]);
  await runTspod(['volume', 'export', '-o', archive, from]);
  await runTspod(['volume', 'import', to, archive]);
  const seen = await Promise.all(
    [from, to].map(async (name) => {
      const { stdout } = await runTspod(['volume', 'inspect', name, '--format', '{{.Mountpoint}}']);
      return Object.keys(attributes).map((key) =>
        getXattr(join(stdout.trim(), 'f'), key)?.toString('latin1'),
      );
    }),
  );
  assert.deepEqual(seen[1], seen[0]);
  assert.equal(seen[0]?.[0], 'kept');
  assert.match(seen[0]?.[1] ?? '', /^\x01\0\0[\x02\x03]\0\x20/);
  await runTspod(['volume', 'rm', from, to]);
});

test('an import that is no archive, or half of one, changes nothing', async () => {
  const [name, folder] = [await made(), testFolder()];
  await inBusybox(['-v', `${name}:/m`], 'echo kept >/m/f');
  const [text, whole, half] = ['text', 'whole', 'half'].map((word) => join(folder, uniqueName() + word)) as [
    string,
    string,
    string,
  ];
  writeFileSync(text, 'no archive\n'.repeat(100));
  mkdirSync(whole);
  writeFileSync(join(whole, 'f'), 'new\n'.repeat(1000));
  execFileSync('sh', ['-c', `tar -C '${whole}' -c f | head -c 2000 > '${half}'`]);
  for (const source of [text, half, '/dev/null', '/nosuch', folder])
    await runTspod(['volume', 'import', name, source], { expectCode: 125 });
  assert.equal((await inBusybox(['-v', `${name}:/m`], 'ls -A /m; cat /m/f')).stdout, 'f\nkept\n');
  await runTspod(['volume', 'rm', name]);
});

test('a link in the place of a volume is not followed', async () => {
  const name = await made();
  const [{ Mountpoint: data }] = JSON.parse((await runTspod(['volume', 'inspect', name])).stdout);
  const secret = join(testFolder(), uniqueName());
  mkdirSync(secret);
  writeFileSync(join(secret, 'file'), 'secret');
  renameSync(data, `${data}.away`);
  symlinkSync(secret, data);
  const { stdout, stderr } = await runTspod(['volume', 'export', name], { expectCode: 125 });
  assert.equal(stdout, '');
  assert.match(stderr, /is not a directory/);
  await runTspod(['volume', 'import', name, '/dev/null'], { expectCode: 125 });
  rmSync(data);
  renameSync(`${data}.away`, data);
  await runTspod(['volume', 'rm', name]);
});

test('volume rename, and what is in use keeps its name and stays', async () => {
  const [name, other, container] = [await made('--label', 'a=b'), uniqueName(), uniqueName()];
  await inBusybox(['-v', `${name}:/m`], 'echo kept >/m/f');
  await runTspod(['create', '--name', container, '-v', `${name}:/m`, 'busybox']);
  for (const command of [
    ['rename', name, other],
    ['rm', name],
  ])
    assert.match((await runTspod(['volume', ...command], { expectCode: 2 })).stderr, new RegExp(container));
  await runTspod(['rm', container]);
  await runTspod(['volume', 'rename', name, other]);
  assert.equal((await inBusybox(['-v', `${other}:/m`], 'cat /m/f')).stdout, 'kept\n');
  const [shownVolume] = JSON.parse((await runTspod(['volume', 'inspect', other])).stdout);
  assert.deepEqual([shownVolume.Name, shownVolume.Labels], [other, { a: 'b' }]);
  await runTspod(['volume', 'create', name]);
  await runTspod(['volume', 'rename', name, other], { expectCode: 125 });
  await runTspod(['volume', 'rename', name, 'a/b'], { expectCode: 125 });
  await runTspod(['volume', 'rm', name, other]);
});

test(
  'volume mount tells where a volume lies; inside unshare it mounts one with a size limit',
  needs('fuse', 'fuse2fs'),
  async () => {
    const [plain, sized] = [await made(), await made('-o', 'size=4m')];
    await inBusybox(['-v', `${sized}:/m`], 'echo seen >/m/f');
    const { stdout } = await runTspod(['volume', 'mount', plain]);
    assert.ok(statSync(stdout.trim()).isDirectory());
    assert.match((await runTspod(['volume', 'mount', sized], { expectCode: 125 })).stderr, /tspod unshare/);
    const program = join(process.cwd(), 'bin/tspod');
    const script = `cat "$(${program} volume mount ${sized})/f"; ${program} volume unmount ${sized}`;
    assert.equal((await runTspod(['unshare', 'sh', '-c', script])).stdout, `seen\n${sized}\n`);
    await runTspod(['volume', 'rm', plain, sized]);
  },
);
