import assert from 'node:assert/strict';
import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { readArchive } from '../helpers/read-archive';
import { project } from '../helpers/project';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

before(() => runTspod(['load', '-qi', join(project, 'dist/busybox.tar')]));

/** A context of files by their paths; a `Containerfile` on busybox of these lines. */
function makeContext(lines: string[], files: Record<string, string> = {}): string {
  const folder = testFolder();
  const all = { Containerfile: ['FROM localhost/busybox', ...lines, ''].join('\n'), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const build = (context: string, ...args: string[]) =>
  runTspod(['build', '--network', 'none', ...args, context]);

/** What a command says in a container of what a context builds. */
async function ask(context: string, command: string, ...args: string[]): Promise<string> {
  const name = uniqueName();
  await build(context, '-q', '-t', name, ...args);
  const result = await runTspod(words`run --rm --network none --entrypoint '' ${name} sh -c ${command}`);
  await runTspod(['rmi', name]);
  return result.stdout.trim();
}

const LIST = `find /t | sort | while read f; do stat -c '%n %F %a %u:%g' "$f"; done`;

test('what RUN removes and makes again hides what was there', async () => {
  const context = makeContext(
    [
      'RUN mkdir -p /t/again /t/gone && touch /t/again/old /t/gone/x /t/file',
      'RUN rm -r /t/again /t/gone /t/file && mkdir /t/again && touch /t/again/new',
      'COPY a /t/file',
    ],
    { a: 'a' },
  );
  const expected = ['/t', '/t/again', '/t/again/new', '/t/file'];
  for (const squash of [[], ['--squash'], ['--squash-all'], ['--layers=false']])
    assert.deepEqual((await ask(context, 'find /t | sort', ...squash)).split('\n'), expected, squash.join());
});

test('COPY keeps modes and links, and gives owners', async () => {
  const context = makeContext(
    ['COPY d /t', 'COPY --chown=5:6 --chmod=0640 d/a /t/owned', 'COPY d/* w?ld /t/many/'],
    {
      'd/a': 'a',
      wild: 'w',
    },
  );
  linkSync(join(context, 'd/a'), join(context, 'd/b'));
  symlinkSync('a', join(context, 'd/c'));
  chmodSync(join(context, 'd/a'), 0o755);
  chmodSync(join(context, 'd'), 0o711);
  chmodSync(join(context, 'wild'), 0o600);
  assert.deepEqual((await ask(context, LIST)).split('\n'), [
    '/t directory 755 0:0',
    '/t/a regular file 755 0:0',
    '/t/b regular file 755 0:0',
    '/t/c symbolic link 777 0:0',
    '/t/many directory 755 0:0',
    '/t/many/a regular file 755 0:0',
    '/t/many/b regular file 755 0:0',
    '/t/many/c regular file 755 0:0',
    '/t/many/wild regular file 600 0:0',
    '/t/owned regular file 640 5:6',
  ]);
});

test('COPY takes from stages, with parents, without what is excluded, and follows links of the root file system', async () => {
  const context = makeContext([
    'AS one',
    'RUN mkdir -p /o/p/q && echo q > /o/p/q/r && echo s > /o/s',
    'FROM localhost/busybox',
    'RUN mkdir /real && ln -s real /link',
    'COPY --from=one --parents /o/./p/q/r /t/',
    'COPY --from=one --exclude=p /o /t/x',
    'COPY --from=0 /o/s /link/s',
    'COPY --link --from=localhost/busybox /etc/passwd /t/',
  ]);
  writeFileSync(
    join(context, 'Containerfile'),
    readFileSync(join(context, 'Containerfile'), 'utf8').replace('busybox\nAS', 'busybox AS'),
  );
  const found = await ask(context, 'find /t /real -type f | sort');
  assert.deepEqual(found.split('\n'), ['/real/s', '/t/p/q/r', '/t/passwd', '/t/x/s']);
});

test('ADD unpacks archives only, and not with --unpack=false', async () => {
  const context = makeContext(['ADD a.tar /t/', 'ADD note.gz /t/', 'ADD --unpack=false a.tar /t/kept/']);
  const { execFileSync } = await import('node:child_process');
  execFileSync('sh', ['-c', 'echo x > x; tar -cf a.tar x; gzip -c x > note.gz'], { cwd: context });
  assert.deepEqual((await ask(context, 'find /t -type f | sort')).split('\n'), [
    '/t/kept/a.tar',
    '/t/note.gz',
    '/t/x',
  ]);
});

test('RUN sees its mounts, and the image has nothing of them', async () => {
  const context = makeContext(
    [
      'RUN --mount=type=cache,target=/c echo x >> /c/n; cp /c/n /n1',
      'RUN --mount=type=cache,target=/c,sharing=private echo y >> /c/n; cp /c/n /n2',
      'RUN --mount=type=secret,id=s,mode=0444 cat /run/secrets/s > /secret',
      'RUN --mount=type=secret,id=s,env=S echo "$S" > /from-env',
      'RUN --mount=type=bind,target=/m cp /m/f /f',
      'RUN --mount=type=tmpfs,target=/m touch /m/g && echo t > /tmpfs',
    ],
    { f: 'f', secret: 'hush' },
  );
  const text = await ask(
    context,
    'cat /n1 /n2 /secret /from-env /f /tmpfs | tr "\\n" " "; ls -d /c /m /run/secrets 2>/dev/null; true',
    '--secret',
    `id=s,src=${join(context, 'secret')}`,
  );
  assert.equal(text.trim(), 'x x y hushhush ft');
});

test('arguments and variables have their scopes, SHELL, USER and WORKDIR hold for RUN', async () => {
  const context = makeContext([
    'ARG A=1',
    'ENV B=${A}2',
    'ARG B=no',
    'USER 7:8',
    'WORKDIR /t',
    'USER 0',
    'SHELL ["/bin/sh", "-e", "-c"]',
    'RUN echo "$A $B $C $(pwd)" > /t/values; false || true',
    'USER 7:8',
    'RUN id -u > /tmp/uid',
  ]);
  const args = ['--build-arg', 'A=9'];
  assert.equal(
    await ask(context, 'cat /t/values /tmp/uid; echo "${A-unset} $B"', ...args),
    '9 92  /t\n7\nunset 92',
  );
});

test('the same files and the same time give the same digest in two stores', async () => {
  const context = makeContext(['COPY a /a', 'RUN mkdir /d && echo x > /d/x && ln -s x /d/y'], { a: 'a' });
  const digest = async (root: string): Promise<string> => {
    const within = ['--root', root];
    await runTspod([...within, 'load', '-qi', join(project, 'dist/busybox.tar')]);
    const result = await runTspod([
      ...[...within, 'build', '-q', '--network', 'none', '--source-date-epoch', '1700000000', context],
    ]);
    await runTspod([...within, 'system', 'reset', '-f']);
    return result.stdout;
  };
  assert.equal(await digest(join(testFolder(), 'one')), await digest(join(testFolder(), 'two')));
});

test('what has not changed comes from the cache; what has is built again', async () => {
  const context = makeContext(['COPY a /a', 'RUN cat /a > /b'], { a: '1' });
  const cached = async (): Promise<number> =>
    ((await build(context)).stderr.match(/\(cached\)|cached/g) ?? []).length;
  await build(context, '-q');
  assert.equal(await cached(), 2);
  writeFileSync(join(context, 'a'), '2');
  assert.equal(await cached(), 0);
});

test('several stages, ONBUILD, and outputs', async () => {
  const base = uniqueName();
  const parent = makeContext(['ONBUILD COPY a /a', 'ONBUILD RUN cp /a /b']);
  await build(parent, '-q', '-t', base);
  const context = makeContext([], { a: 'a' });
  writeFileSync(join(context, 'Containerfile'), `FROM ${base} AS x\nFROM scratch\nCOPY --from=x /b /c\n`);
  const out = join(testFolder(), 'out');
  await build(context, '-q', '-o', out);
  assert.equal(readFileSync(join(out, 'c'), 'utf8'), 'a');
  await build(context, '-q', '-o', `type=tar,dest=${out}.tar`);
  assert.deepEqual(
    readArchive(readFileSync(`${out}.tar`)).map(({ path }) => path),
    ['c'],
  );
  await runTspod(['rmi', base]);
});

test('a program that fails is told with its line, and its exit status is that of the build', async () => {
  const context = makeContext(['RUN exit 7']);
  const { stderr } = await runTspod(['build', '--network', 'none', context], { expectCode: 7 });
  assert.match(stderr, /Containerfile:2:1/);
});

test('prune frees what builds have kept', async () => {
  await build(
    makeContext(['RUN --mount=type=cache,target=/c echo x > /c/x; echo y > /y']),
    '-q',
    '--no-cache',
  );
  assert.match((await runTspod(['system', 'df'])).stdout, /^Build Cache/m);
  await runTspod(['system', 'prune', '-f', '--build']);
  assert.doesNotMatch((await runTspod(['system', 'df'])).stdout, /^Build Cache/m);
});

test('hooks of --hooks-dir run for each RUN', async () => {
  const hooks = testFolder('hooks');
  writeFileSync(join(hooks, 'hook.sh'), `#!/bin/sh\necho called >>${hooks}/out\n`, { mode: 0o755 });
  const hook = { version: '1.0.0', hook: { path: join(hooks, 'hook.sh') }, when: { always: true } };
  writeFileSync(join(hooks, 'hook.json'), JSON.stringify({ ...hook, stages: ['prestart'] }));
  await build(makeContext(['RUN echo a', 'ENV x=y', 'RUN echo b']), '-q', '--no-cache', '--hooks-dir', hooks);
  assert.equal(readFileSync(join(hooks, 'out'), 'utf8'), 'called\ncalled\n');
});

test('several platforms go to a directory each', async () => {
  const context = makeContext([], { a: 'a' });
  writeFileSync(join(context, 'Containerfile'), 'FROM scratch\nARG TARGETARCH\nCOPY a /$TARGETARCH\n');
  const out = join(testFolder(), 'out');
  const name = uniqueName();
  await build(context, '-q', '--platform=linux/amd64,linux/arm64', '-t', name, '-o', out);
  assert.equal(readFileSync(join(out, 'linux_amd64/amd64'), 'utf8'), 'a');
  assert.equal(readFileSync(join(out, 'linux_arm64/arm64'), 'utf8'), 'a');
  const { stdout } = await runTspod(['manifest', 'inspect', name]);
  assert.deepEqual(stdout.match(/"architecture": "\w+"/g)?.length, 2);
  await runTspod(['rmi', name]);
});
