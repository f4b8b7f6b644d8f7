import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { startGitServer } from '../helpers/git-server';
import { ask, BASE, build, makeContext } from '../helpers/builds';
import { project } from '../helpers/project';
import { runTspod } from '../helpers/tspod';

before(() => runTspod(['load', '-qi', join(project, 'dist/busybox.tar')]));

test('arguments of a stage are those of a stage that begins with it, but of no other', async () => {
  const context = makeContext([
    ...[`${BASE} AS one`, 'ARG X=1', 'ARG GIVEN'],
    ...['FROM one AS two', 'RUN echo "two $X $GIVEN" > /said'],
    ...['FROM two', 'ARG X=3', 'RUN echo "three $X" >> /said'],
    ...[BASE, 'RUN echo "other ${X-unset}" > /other', 'COPY --from=2 /said /'],
  ]);
  assert.equal(
    await ask('cat /said /other', ['--build-arg', 'GIVEN=g', context]),
    'two 1 g\nthree 3\nother unset',
  );
});

test('a WORKDIR that is made belongs to the user of the stage', async () => {
  const lines = [
    ...["RUN echo 'app:x:55:56::/:/bin/sh' >> /etc/passwd", 'WORKDIR /first', 'USER app'],
    ...['WORKDIR /second/below', 'RUN touch here', 'WORKDIR /first', 'USER 7:8', 'WORKDIR third'],
    ...['USER root', 'WORKDIR /second'],
  ];
  const names = '/first /second /second/below /first/third';
  const said = await ask(`stat -c '%n %u:%g' ${names}`, [makeContext([BASE, ...lines])]);
  assert.equal(said, '/first 0:0\n/second 55:56\n/second/below 55:56\n/first/third 7:8');
  const { stderr } = await build([makeContext([BASE, 'USER nosuch', 'WORKDIR /x'])], { expectCode: 125 });
  assert.match(stderr, /Containerfile:3:1: .*nosuch/);
});

test('COPY --parents takes two stars for any number of directories', async () => {
  const files = { 'src/a.txt': '', 'src/x/b.txt': '', 'src/x/y/c.txt': '', 'src/x/no.md': '' };
  const context = makeContext(
    [BASE, 'COPY --parents ./src/**/*.txt /t/', 'COPY --parents ./src/./**/y /u/'],
    files,
  );
  assert.equal(
    await ask('find /t /u -type f | sort', [context]),
    '/t/src/a.txt\n/t/src/x/b.txt\n/t/src/x/y/c.txt\n/u/x/y/c.txt',
  );
});

test('COPY --link does not look at what is below, COPY does', async () => {
  const lines = [
    ...[BASE, 'RUN mkdir -m 700 /real && ln -s real /link && ln -s real /other'],
    ...['COPY --link f /link/', 'COPY f /other/', 'COPY --link --chmod=g=u f /new/dir/f'],
  ];
  const context = makeContext(lines, { f: '' });
  chmodSync(join(context, 'f'), 0o640);
  assert.equal(
    await ask('stat -c "%n %F %a" /link /link/f /real /real/f /new/dir /new/dir/f', [context]),
    [
      ...['/link directory 755', '/link/f regular empty file 640', '/real directory 700'],
      ...['/real/f regular empty file 640', '/new/dir directory 755', '/new/dir/f regular empty file 660'],
    ].join('\n'),
  );
});

test('ADD takes a repository, a branch or a directory of it, and checks its commit', async (t) => {
  const { url, folder, git, publish } = await startGitServer(t);
  writeFileSync(join(folder, 'run'), '#!/bin/sh\n', { mode: 0o755 });
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs/page'), 'first\n', { mode: 0o600 });
  symlinkSync('page', join(folder, 'docs/link'));
  const first = publish('one');
  git('tag', 'v1');
  writeFileSync(join(folder, 'docs/page'), 'second\n');
  const second = publish('two');
  const add = (words: string): string => makeContext([BASE, `ADD ${words}`]);
  const list = 'cd /r; find . -path ./.git -prune -o -print | sort | xargs stat -c "%n %a %u"; cat docs/page';
  assert.equal(
    await ask(list, [add(`${url} /r`)]),
    './. 755 0\n./docs 755 0\n./docs/link 777 0\n./docs/page 644 0\n./run 755 0\nsecond'.replace('./.', '.'),
  );
  assert.equal(await ask('cat /d/link; ls -A /d', [add(`${url}#v1:docs /d/`)]), 'first\nlink\npage');
  assert.equal(
    await ask('ls -A /k', [add(`--keep-git-dir=true --checksum=${second.slice(0, 9)} ${url} /k`)]),
    '.git\ndocs\nrun',
  );
  const { stderr } = await build([add(`--checksum=${first} ${url} /r`)], { expectCode: 125 });
  assert.match(stderr, new RegExp(`Containerfile:2:16: .*another commit: expected ${first}, got ${second}`));
  const cached = await runTspod(['build', '--network', 'none', '--progress=plain', add(`${url} /r`)]);
  assert.match(cached.stderr, /\(cached\)/);
  assert.match(
    (await build([add(`${url}#nosuch /r`)], { expectCode: 125 })).stderr,
    /Containerfile:2:5: .*git: .*nosuch/,
  );
});

test('a secret that is named after a host goes to it with ADD, and is no part of the image', async (t) => {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === 'Bearer hush';
    response.writeHead(isKnown ? 200 : 401).end(isKnown ? 'got it' : '');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = makeContext([BASE, `ADD --chmod=644 http://${host}/f /f`], { token: 'hush\n' });
  const secret = ['--secret', `id=HTTP_AUTH_TOKEN_${host},src=${join(context, 'token')}`];
  assert.equal(await ask('cat /f; env | grep -c hush || true', [...secret, context]), 'got it0');
  const header = ['--secret', `id=HTTP_AUTH_HEADER_${host},env=HEADER`];
  const words = ['build', '-q', ...header, context];
  await runTspod(words, { env: { HEADER: 'Bearer hush' } });
  assert.match((await build([context], { expectCode: 125 })).stderr, /Containerfile:2:17: .*401/);
  server.closeAllConnections();
});
