import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { project } from '../helpers/project';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

before(() => runTspod(['load', '-qi', join(project, 'dist/busybox.tar')]));

/** A context that differs from all others. */
function makeContext(): string {
  const folder = testFolder('context');
  mkdirSync(folder, { recursive: true });
  const lines = [
    'FROM localhost/busybox',
    `RUN echo ${uniqueName()} > /made`,
    'COPY Containerfile /c',
    'CMD cat /c',
  ];
  writeFileSync(join(folder, 'Containerfile'), `${lines.join('\n')}\n`);
  return folder;
}

const build = (...args: string[]) => runTspod(['build', '-q', '--network', 'none', ...args]);
const ids = async (): Promise<string> => (await runTspod(['images', '-qa', '--no-trunc'])).stdout;

for (const [kind, transport] of [
  ['oci', 'oci-archive'],
  ['docker', 'docker-archive'],
] as const) {
  test(`--output type=${kind} writes an archive that another store takes, and the own store keeps no image`, async () => {
    const context = makeContext();
    const file = join(testFolder('out'), 'image.tar');
    const before = await ids();
    const { stdout } = await build('-o', `type=${kind},dest=${file},name=example.com/out:1`, context);
    assert.equal(stdout, '');
    assert.equal(await ids(), before);
    const root = ['--root', join(testFolder('store'), 'root')];
    await runTspod([...root, 'pull', '-q', `${transport}:${file}`]);
    const { stdout: names } = await runTspod([...root, 'images', '--format', '{{.Repository}}:{{.Tag}}']);
    assert.equal(names, 'example.com/out:1\n');
    const words = ['run', '--rm', '--network', 'none', 'example.com/out:1'];
    assert.match((await runTspod([...root, ...words])).stdout, /^FROM localhost\/busybox\n/);
    await runTspod([...root, 'system', 'reset', '-f']);
  });
}

test('an image that has a name is in the store too; the archive has its name and comes on standard output', async () => {
  const context = makeContext();
  const name = uniqueName();
  const folder = testFolder('out');
  const script = `"$0" build -q --network none -t ${name} -o type=docker,dest=- ${context} > ${folder}/image.tar`;
  await runTspod(['-c', `${script}`, join(project, 'bin/tspod')], { program: '/bin/sh' });
  const { stdout: id } = await runTspod(['image', 'inspect', '--format', '{{.Id}}', name]);
  await runTspod(['rmi', name]);
  assert.match(
    (await runTspod(['load', '-i', join(folder, 'image.tar')])).stdout,
    new RegExp(`localhost/${name}:latest`),
  );
  assert.equal((await runTspod(['image', 'inspect', '--format', '{{.Id}}', name])).stdout, id);
  await runTspod(['rmi', name]);
});

test('type=oci,tar=false adds the image to a layout; squashed results and those of several outputs are whole', async () => {
  const context = makeContext();
  const folder = testFolder('out');
  const outputs = [
    '-o',
    `type=oci,dest=${folder}/layout,tar=false,name=one:1`,
    '-o',
    `type=local,dest=${folder}/files`,
  ];
  await build('--squash-all', ...outputs, context);
  assert.ok(existsSync(join(folder, 'files/made')));
  assert.equal(existsSync(join(folder, 'layout/index.json')), true);
  await build('-o', `type=oci,dest=${folder}/layout,tar=false,name=two:1`, context);
  for (const name of ['one:1', 'two:1']) {
    const { stdout } = await runTspod([
      'run',
      '--rm',
      '--network',
      'none',
      `oci:${folder}/layout:${name}`,
      'cat',
      '/c',
    ]);
    assert.match(stdout, /^FROM localhost\/busybox\n/);
  }
});

test('outputs that cannot be written leave nothing', async () => {
  const folder = testFolder('out');
  const context = makeContext();
  const wrong: [string, RegExp][] = [
    [`type=oci,dest=${folder}/none/image.tar`, /none\/image\.tar.*no such file/],
    [`type=docker,dest=${folder}`, /is a directory, not an archive/],
    ['type=docker', /dest is missing[^]*in the store/],
    ['type=oci,dest=x,compression=zstd', /type=oci has no field "compression"[^]*name, tar/],
    ['type=docker,dest=x,tar=false', /always an archive[^]*type=oci,tar=false/],
    ['type=oci,dest=-,tar=false', /cannot go to standard output/],
    ['type=registry', /type=registry is not supported[^]*tspod push/],
    ['type=image,name=x', /type=image is not supported[^]*--tag/],
    ['type=nosuch,dest=x', /invalid build output type "nosuch"[^]*local, tar, oci and docker/],
  ];
  for (const [output, message] of wrong) {
    const words = ['build', '-q', '--network', 'none', '-o', output, context];
    assert.match((await runTspod(words, { expectCode: 125 })).stderr, message, output);
  }
  assert.deepEqual(readdirSync(folder), []);
  const several = ['build', '-q', '--platform=linux/amd64,linux/arm64', '-o', 'type=oci,dest=x', context];
  assert.match((await runTspod(several, { expectCode: 125 })).stderr, /manifest push --all/);
});
