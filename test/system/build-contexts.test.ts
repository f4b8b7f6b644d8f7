import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildArchive } from '../helpers/build-archive';
import { tspodProgram } from '../helpers/project';
import { readArchive } from '../helpers/read-archive';
import { testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

/** A context of files by their paths. */
function makeContext(files: Record<string, string>): string {
  const folder = testFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const COPY = 'FROM scratch\nCOPY . /\n';
const build = (args: string[], options = {}) => runTspod(['build', ...args], options);

/** The paths of the files that a build of these words has put into its image. */
async function filesOf(args: string[], options = {}): Promise<string[]> {
  const out = join(testFolder(), 'out.tar');
  await build(['-o', `type=tar,dest=${out}`, ...args], options);
  return readArchive(readFileSync(out))
    .map(({ path }) => path.replace(/\/$/, ''))
    .filter((path) => path !== '' && path !== '.')
    .sort();
}

test('a context is a directory without what its ignore file leaves out', async () => {
  const context = makeContext({
    Dockerfile: COPY,
    '.dockerignore': '*\n!keep\n!sub/*.c\n',
    keep: '',
    other: '',
    'sub/a.c': '',
    'sub/a.o': '',
  });
  assert.deepEqual(await filesOf([context]), ['keep', 'sub', 'sub/a.c']);
});

test('a context comes as an archive through standard input, and so does a Containerfile', async () => {
  const archive = await buildArchive([
    { name: 'Containerfile', data: COPY },
    { name: 'dir/file', data: 'x' },
  ]);
  assert.deepEqual(await filesOf(['-'], { stdin: archive }), ['Containerfile', 'dir', 'dir/file']);
  assert.deepEqual(await filesOf(['-'], { stdin: gzipSync(archive) }), ['Containerfile', 'dir', 'dir/file']);
  const text = 'FROM scratch\nCOPY <<EOF /made\nhello\nEOF\n';
  assert.deepEqual(await filesOf(['-'], { stdin: text }), ['made']);
  const context = makeContext({ a: '' });
  assert.deepEqual(await filesOf(['-f', '-', context], { stdin: COPY }), ['a']);
  assert.match((await build(['-'], { stdin: '', expectCode: 125 })).stderr, /archive is empty/);
});

test('a Containerfile comes through a pipe of the shell', async () => {
  const context = makeContext({ a: '' });
  const script = `exec ${tspodProgram} build -q -f <(printf 'FROM scratch\\nCOPY a /piped\\n') ${context}`;
  const { stdout } = await runTspod(['-c', script], { program: '/bin/bash' });
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
});

test('a context comes from an address, and a second one beside it', async () => {
  const archive = gzipSync(await buildArchive([{ name: 'Dockerfile', data: COPY }]));
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/c.tgz' ? 200 : 404;
    response.end(request.url === '/c.tgz' ? archive : '');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    assert.deepEqual(await filesOf([`${base}/c.tgz`]), ['Dockerfile']);
    const text = 'FROM scratch\nCOPY --from=other Dockerfile /from-other\n';
    const context = makeContext({ Containerfile: text });
    assert.deepEqual(await filesOf(['--build-context', `other=${base}/c.tgz`, context]), ['from-other']);
    const missing = await build([`${base}/none`], { expectCode: 125 });
    assert.match(missing.stderr, /fetching "http:.*none": 404/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('an image of an OCI layout is a base under the name of a build context', async () => {
  const layout = join(testFolder(), 'layout');
  await runTspod(['run', '--rm', 'busybox', 'true']);
  await runTspod(['save', '--format', 'oci-dir', '-o', layout, 'busybox']);
  const context = makeContext({ Containerfile: 'FROM scratch\nCOPY --from=base /bin/busybox /two\n' });
  assert.deepEqual(await filesOf(['--build-context', `base=oci-layout://${layout}`, context]), ['two']);
  const words = ['--build-context', `base=oci-layout://${layout}/none`, context];
  assert.match((await build(words, { expectCode: 125 })).stderr, /layout\/none": no such file or directory/);
});

test('what is fetched is gone when the build has ended', async () => {
  const archive = await buildArchive([{ name: 'Containerfile', data: 'FROM scratch\nCOPY none /\n' }]);
  await build(['-'], { stdin: archive, expectCode: 125 });
  const root = (await runTspod(['info', '--format', '{{.Store.GraphRoot}}'])).stdout.trim();
  assert.equal(execFileSync('ls', [join(root, 'tmp')], { encoding: 'utf8' }), '');
});

test('an error of a Containerfile shows the line and what is wrong in it, and makes nothing', async () => {
  const context = makeContext({ Containerfile: 'FROM scratch\n\nCPOY a /\n' });
  const name = uniqueName('wrong');
  const { stderr, stdout } = await build(['-t', name, context], { expectCode: 125 });
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    [
      'Error: Containerfile:3:1: unknown instruction "CPOY"',
      '  3 | CPOY a /',
      '    | ^^^^',
      'hint: did you mean "COPY"?',
      '',
    ].join('\n'),
  );
  await runTspod(['image', 'exists', name], { expectCode: 1 });
});

test('the id comes alone on standard output, and goes into files with the names', async () => {
  const context = makeContext({ Dockerfile: 'FROM scratch\nLABEL a=b\n' });
  const [iid, metadata] = [join(context, 'iid'), join(context, 'metadata')];
  const name = uniqueName('built');
  const words = ['-t', name, '--iidfile', iid, '--metadata-file', metadata, context];
  const { stdout, stderr } = await build(words);
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
  assert.match(stderr, new RegExp(`Successfully tagged localhost/${name}:latest\n$`));
  assert.equal(readFileSync(iid, 'utf8'), `sha256:${stdout.trim()}`);
  const facts = JSON.parse(readFileSync(metadata, 'utf8')) as Record<string, string>;
  assert.equal(facts['image.name'], `localhost/${name}:latest`);
  assert.equal(facts['containerimage.config.digest'], `sha256:${stdout.trim()}`);
  const quiet = await build(['-q', context]);
  assert.equal(quiet.stdout, stdout);
  assert.equal(quiet.stderr, '');
  await runTspod(['rmi', name]);
});

test('a build that is interrupted says so, and leaves nothing', async () => {
  const context = makeContext({ Dockerfile: 'FROM localhost/busybox\nRUN echo begun; sleep 1000\n' });
  const running = startTspod(['build', '--network', 'none', context]);
  running.child.stdin.end();
  await waitFor('the step to be at work', () => running.stderr().includes('begun\n'));
  running.child.kill('SIGINT');
  const { code, stderr } = await running.finished;
  assert.equal(code, 130);
  assert.match(stderr, /Error: the build was interrupted\n$/);
  const root = (await runTspod(['info', '--format', '{{.Store.GraphRoot}}'])).stdout.trim();
  assert.equal(execFileSync('ls', [join(root, 'tmp')], { encoding: 'utf8' }), '');
});

test('progress goes into a file with --logfile', async () => {
  const context = makeContext({ Dockerfile: 'FROM scratch\nLABEL c=d\n' });
  const log = join(context, 'log');
  const { stderr } = await build(['--logfile', log, context]);
  assert.equal(stderr, '');
  assert.match(readFileSync(log, 'utf8'), /^\[1\/2\] FROM scratch /);
  assert.equal(existsSync(`${log}_linux`), false);
});
