import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { buildArchive } from '../helpers/build-archive';
import { tspodProgram } from '../helpers/project';
import { homeEnvironment, storeRoot, testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

/** Imports an image of one file of `size` bytes; returns its name and id. */
async function importImage(size: number, ...options: string[]): Promise<{ name: string; id: string }> {
  const name = uniqueName('img');
  const stdin = await buildArchive([{ name, data: Buffer.alloc(size, name) }]);
  const { stdout } = await runTspod(['import', ...options, '-', name], { stdin });
  return { name, id: stdout.trim().slice(7) };
}

/** Runs a container that leaves 500 kB in itself and 250 kB in the volume `data`. */
function writeFiles(container: string): Promise<unknown> {
  const write = 'head -c 500000 /dev/zero >/file; head -c 250000 /dev/zero >/data/file';
  const options = ['--name', container, '--network', 'none', '-v', 'data:/data'];
  return runTspod(['run', ...options, 'busybox', 'sh', '-c', write]);
}

const clear = () => runTspod(['system', 'prune', '--all', '--volumes', '--force']);
const names = async (): Promise<string> =>
  (await runTspod(['images', '--format', '{{.Repository}}'])).stdout.replaceAll('localhost/', '');

test('image prune removes images without a name, with --all those without a container', async () => {
  await clear();
  const [named, untagged, used] = [await importImage(10), await importImage(10), await importImage(10)];
  await runTspod(['untag', untagged.name]);
  await runTspod(['create', '--name', 'user', used.name, 'true']);
  assert.equal((await runTspod(['image', 'prune', '--force'])).stdout, `${untagged.id}\n`);
  assert.equal((await runTspod(['image', 'prune', '-f', '-a', '--filter', 'until=1h'])).stdout, '');
  assert.equal((await runTspod(['image', 'prune', '-f', '-a'])).stdout, `${named.id}\n`);
  assert.equal(await names(), `${used.name}\n`);
  await runTspod(['rm', 'user']);
});

test('image prune takes the filters of labels', async () => {
  await clear();
  const [kept, gone] = [await importImage(10, '-c', 'LABEL keep=yes'), await importImage(10)];
  const filter = ['image', 'prune', '--all', '--force', '--filter'];
  assert.equal((await runTspod([...filter, 'label!=keep'])).stdout, `${gone.id}\n`);
  assert.equal((await runTspod([...filter, 'label=keep=no'])).stdout, '');
  assert.equal((await runTspod([...filter, 'label=keep=yes'])).stdout, `${kept.id}\n`);
  const { stderr } = await runTspod([...filter, 'nonsense=1'], { expectCode: 125 });
  assert.match(stderr, /invalid image filter/);
});

test('prune asks first', async () => {
  await clear();
  const { name, id } = await importImage(10);
  const no = await runTspod(['image', 'prune', '--all'], { stdin: 'n\n' });
  assert.match(no.stderr, /WARNING! This command removes all images without at least one container/);
  assert.equal(await names(), `${name}\n`);
  const { stdout, stderr } = await runTspod(['system', 'prune', '-a', '--volumes'], { stdin: 'y\n' });
  assert.match(
    stderr,
    /- all stopped containers\n\t- all networks not[^]*\n\t- all volumes not used[^]*\n\t- all images without/,
  );
  assert.match(stdout, new RegExp(`^Deleted Images\n${id}\nTotal reclaimed space: [\\d.]+[kM]?B\n$`));
});

test('system prune tells what went and how much room that was', async () => {
  await clear();
  const { name } = await importImage(1_000_000);
  await writeFiles('writer');
  const first = await runTspod(['system', 'prune', '--force']);
  assert.match(first.stdout, /^Deleted Containers\n[0-9a-f]{64}\nTotal reclaimed space: 500(\.\d+)?kB\n$/);
  const second = await runTspod(['system', 'prune', '--force', '--volumes']);
  assert.equal(second.stdout, 'Deleted Volumes\ndata\nTotal reclaimed space: 250kB\n');
  await runTspod(['rmi', 'busybox']);
  // the layer, the archive of an import, manifest and configuration
  const third = await runTspod(['system', 'prune', '--force', '--all']);
  assert.match(third.stdout, /^Deleted Images\n[0-9a-f]{64}\nTotal reclaimed space: 2\.00[34]\d?MB\n$/);
  assert.doesNotMatch(await names(), new RegExp(name));
  assert.equal((await runTspod(['system', 'prune', '--force'])).stdout, 'Total reclaimed space: 0B\n');
});

test('system prune refuses what contradicts and what it does not know', async () => {
  const cases: [string[], RegExp][] = [
    [['--external', '--all'], /--external cannot be combined with other options/],
    [['--filter', 'colour=red'], /colour is an invalid filter/],
    [['--external', '--build'], /--external cannot be combined with other options/],
  ];
  for (const [args, says] of cases)
    assert.match((await runTspod(['system', 'prune', '-f', ...args], { expectCode: 125 })).stderr, says);
  await runTspod(['system', 'prune', '--external']);
});

test('system df agrees with what lies in the store', async () => {
  await clear();
  await importImage(3_000_000);
  await writeFiles('rest');
  const { stdout } = await runTspod([
    'system',
    'df',
    '--format',
    '{{.Type}}:{{.RawSize}}:{{.RawReclaimable}}:{{.Total}}:{{.Active}}',
  ]);
  const rows = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.split(':')[0], line.split(':').slice(1).map(Number)]),
  );
  const du = await runTspod(['-sb', join(storeRoot(), 'layers'), join(storeRoot(), 'blobs')], {
    program: 'du',
  });
  const used = du.stdout
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number.parseInt(line), 0);
  const [size = 0, reclaimable = 0, ...counts] = rows.get('Images') ?? [];
  assert.ok(Math.abs(size - used) < 0.02 * used, `${size} and ${used}`);
  assert.ok(reclaimable > 6_000_000 && reclaimable < 6_010_000, String(reclaimable));
  assert.deepEqual(counts, [2, 1]);
  assert.deepEqual(rows.get('Containers')?.slice(2), [1, 0]);
  assert.equal(rows.get('Containers')?.[0], rows.get('Containers')?.[1]);
  assert.deepEqual(rows.get('Local Volumes'), [250_000, 0, 1, 1]);
  const details = (await runTspod(['system', 'df', '--verbose'])).stdout;
  assert.match(
    details,
    /^Images space usage:\n\nREPOSITORY +TAG +IMAGE ID +CREATED +SIZE +SHARED SIZE +UNIQUE SIZE +CONTAINERS\n/,
  );
  assert.match(
    details,
    /CONTAINER ID +IMAGE +COMMAND +LOCAL VOLUMES +SIZE +CREATED +STATUS +NAMES\n.* 1 +500\.?\d*kB .* exited +rest\n/,
  );
  assert.match(details, /VOLUME NAME +LINKS +SIZE\ndata +1 +250kB\n$/);
  await runTspod(['rm', 'rest']);
});

test('system df counts what images share once', async () => {
  await clear();
  const { name } = await importImage(1_000_000);
  await runTspod(['tag', name, `${name}-b`]);
  const { stdout } = await runTspod(['system', 'df', '--format', '{{.Total}} {{.RawSize}}']);
  assert.match(stdout, /^2 200\d{4}\n/);
  assert.match((await runTspod(['system', 'df', '-v'])).stdout, / 2\.00\dMB +0B +2\.00\dMB +0\n/);
});

test('system reset asks, then leaves nothing but what is not its own', async () => {
  const root = join(testHome().home, 'reset');
  const tspod = (...args: string[]) => runTspod(['--root', root, ...args], { stdin: 'no\n' });
  await tspod(
    'run',
    '-d',
    '--name',
    'alive',
    '--network',
    'none',
    '--stop-signal',
    'KILL',
    'busybox',
    'sleep',
    '1000',
  );
  await tspod('volume', 'create', 'data');
  assert.match((await tspod('system', 'reset')).stderr, /WARNING! This will remove:\n +- all containers/);
  assert.equal((await tspod('ps', '-q')).stdout.length, 13);
  writeFileSync(join(root, 'mine'), '');
  assert.match((await tspod('system', 'reset', '--force')).stderr, /mine" is not of tspod/);
  assert.deepEqual(readdirSync(root), ['mine']);
  rmSync(join(root, 'mine'));
  await tspod('run', '--rm', '--network', 'none', 'busybox', 'true');
  await tspod('system', 'reset', '--force');
  assert.ok(!existsSync(root));
});

test('a store of a newer version is refused by every command, and what needs no store still works', async () => {
  const root = testFolder('newer');
  writeFileSync(join(root, 'version'), '2\n');
  const commands = [
    'images',
    'ps',
    'run busybox',
    'volume ls',
    'load -i x',
    'system check',
    'system reset -f',
    'info',
  ];
  for (const command of commands) {
    const { stderr } = await runTspod(['--root', root, ...command.split(' ')], { expectCode: 125 });
    assert.match(stderr, /^Error: the store ".*" has format version 2, .*\nhint: .*\n$/, command);
  }
  for (const command of ['version', 'help']) await runTspod(['--root', root, command]);
  assert.deepEqual(readdirSync(root), ['version']);
  const other = testFolder('new');
  await runTspod(['--root', other, 'run', '--rm', '--network', 'none', 'busybox', 'true']);
  assert.equal(readFileSync(join(other, 'version'), 'utf8'), '1\n');
});

test('a store that cannot be written is one clear error', async () => {
  // of a user who has no id in the namespace: nobody there may write it
  const root = '/etc/tspod-test-store';
  for (const command of [
    'run busybox',
    'volume create v',
    'load -i /dev/null',
    'system check',
    'system prune -f',
  ]) {
    const { stderr } = await runTspod(['--root', root, ...command.split(' ')], { expectCode: 125 });
    assert.match(
      stderr,
      /^Error: the store ".*" cannot be written: .*: permission denied\nhint: .*\n$/,
      command,
    );
  }
  await runTspod(['--root', root, 'images']);
  await runTspod(['--root', root, 'ps']);
});

test('system prune takes networks without a container, and leaves the others', async () => {
  const [used, unused, container] = [uniqueName('net'), uniqueName('net'), uniqueName()];
  await runTspod(['network', 'create', used]);
  await runTspod(['network', 'create', unused]);
  const run = ['run', '-d', '--name', container, '--network', used, 'busybox', 'sleep', '1000'];
  await runTspod(run);
  const { stdout } = await runTspod(['system', 'prune', '--force']);
  assert.match(stdout, new RegExp(`^Deleted Networks\\n${unused}\\nTotal`, 'm'));
  await runTspod(['network', 'exists', used]);
  await runTspod(['rm', '--force', '--time', '0', container]);
  await runTspod(['network', 'rm', used]);
});

test('a pipe from which an answer was read can be read by the next program', () => {
  const script = '(echo y; sleep 1; echo later) | ("$1" image prune >&2; cat)';
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script, 'sh', tspodProgram], {
    encoding: 'utf8',
    env: homeEnvironment(),
  });
  assert.match(stderr, /Are you sure you want to continue/);
  assert.deepEqual({ stdout, status }, { stdout: 'later\n', status: 0 });
});
