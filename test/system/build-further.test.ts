import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { startGitServer } from '../helpers/git-server';
import { ask, BASE, build, makeContext } from '../helpers/builds';
import { project, tspodProgram } from '../helpers/project';
import { homeEnvironment, testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

before(() => runTspod(['load', '-qi', join(project, 'dist/busybox.tar')]));

test('the same files give the same digest whatever their times and their order, from another directory and another store', async () => {
  const files: [string, string][] = Array.from({ length: 30 }, (_, at) => [`d/${at}`, `${at}`]);
  const lines = [
    BASE,
    'WORKDIR /w',
    'COPY d /d',
    'COPY --link d/1 l /e/',
    'RUN echo x > /x; mkdir /y',
    'COPY <<E /h\nh\nE',
  ];
  const digests = new Set<string>();
  for (const [at, all] of [files, files.toReversed()].entries()) {
    const context = makeContext(lines, Object.fromEntries(all));
    symlinkSync('d/2', join(context, 'l'));
    for (const name of ['', 'd', 'l', ...files.map(([path]) => path)])
      lutimesSync(join(context, name), 1e9 + at * 1000, 1e9 + at * 1000);
    const within = ['--root', join(testFolder('store'), 'root')];
    await runTspod([...within, 'load', '-qi', join(project, 'dist/busybox.tar')]);
    const args = words`build -q --network none --source-date-epoch 1700000000 -t a ${context}`;
    await runTspod([...within, ...args]);
    digests.add((await runTspod([...within, 'image', 'inspect', '--format', '{{.Digest}}', 'a'])).stdout);
    await runTspod([...within, 'system', 'reset', '-f']);
  }
  assert.equal(digests.size, 1, [...digests].join());
});

test('a bind mount beside an ignore file has what is left: links, modes, empty directories', async () => {
  const context = makeContext(
    [
      BASE,
      'RUN --mount=type=bind,target=/src cd /src && find . | sort > /list && cat l >> /list && test -x run && touch /ok',
    ],
    { '.dockerignore': 'no*\n', file: 'in the file\n', nothing: '', run: '' },
  );
  symlinkSync('file', join(context, 'l'));
  chmodSync(join(context, 'run'), 0o755);
  mkdirSync(join(context, 'empty'));
  const expected = [
    '.',
    './.dockerignore',
    './Containerfile',
    './empty',
    './file',
    './l',
    './run',
    'in the file',
  ];
  assert.deepEqual((await ask('cat /list', [context])).split('\n'), expected);
  const wrong = makeContext([BASE, 'RUN --mount=type=bind,source=nothing,target=/n true'], {
    '.dockerignore': 'no*\n',
    nothing: '',
  });
  const { stderr } = await build([wrong], { expectCode: 125 });
  assert.match(stderr, /Containerfile:2:\d+: "nothing": no such file.*\n[^]*the ignore file leaves it out/);
});

test('triggers of a stage run where another one begins with it, and those of an image once', async () => {
  const base = uniqueName();
  await build(['-t', base, makeContext([BASE, 'ONBUILD RUN echo image >> /made'])]);
  const context = makeContext([
    `FROM ${base} AS one`,
    'ONBUILD RUN echo stage >> /made',
    'FROM one AS two',
    'FROM two',
    'RUN echo last >> /made',
  ]);
  assert.equal(await ask('cat /made', [context]), 'image\nstage\nlast');
  const unchanged = makeContext([`FROM ${base} AS one`, 'FROM one', 'ENV a=b']);
  assert.equal(await ask('cat /made', [unchanged]), 'image');
  await runTspod(['rmi', base]);
});

test('attributes and capabilities come through COPY and RUN, and a changed one is built anew', async () => {
  const context = makeContext([BASE, 'COPY a /a', 'RUN chmod 700 /a'], { a: 'a' });
  const file = join(context, 'a');
  const setFile = (value: string): void =>
    void execFileSync('python3', [
      '-c',
      `import os; os.setxattr(${JSON.stringify(file)}, 'user.note', b'${value}')`,
    ]);
  const id = async (): Promise<string> => (await build([context])).stdout.trim();
  const plain = await id();
  setFile('one');
  const first = await id();
  setFile('two');
  const second = await id();
  assert.equal(new Set([plain, first, second]).size, 3);
  assert.equal(await id(), second);
  // cap_net_bind_service, permitted and effective
  const capability = '0100000200040000000000000000000000000000';
  const set = `import os; os.setxattr(${JSON.stringify(file)}, 'security.capability', bytes.fromhex('${capability}'))`;
  await runTspod(['unshare', 'python3', '-c', set]);
  const name = uniqueName();
  await build(['-t', name, context]);
  assert.notEqual(await id(), second);
  const get =
    "import os, sys; print(*(os.getxattr(sys.argv[1] + '/a', n).hex() for n in ('security.capability', 'user.note')))";
  const script = `python3 -c "$1" "$(${tspodProgram} image mount ${name})"; ${tspodProgram} image unmount ${name} >/dev/null`;
  const { stdout } = await runTspod(['unshare', 'sh', '-c', script, 'sh', get]);
  assert.equal(stdout, `${capability} ${Buffer.from('two').toString('hex')}\n`);
  await runTspod(['rmi', name]);
});

test('pipes of a context are copied, sockets left out, links lead nowhere outside', async () => {
  const context = makeContext([BASE, 'COPY d /d'], { 'd/file': '' });
  execFileSync('mkfifo', [join(context, 'd/pipe')]);
  execFileSync('python3', ['-c', "import socket; socket.socket(socket.AF_UNIX).bind('s')"], {
    cwd: join(context, 'd'),
  });
  symlinkSync('/etc/passwd', join(context, 'd/link'));
  assert.equal(
    await ask('cd /d; test -p pipe && readlink link; ls', [context]),
    '/etc/passwd\nfile\nlink\npipe',
  );
  for (const source of ['d/link', '../etc/passwd', 'out/passwd']) {
    const wrong = makeContext(['FROM scratch', `COPY ${source} /x`], { 'd/file': '' });
    symlinkSync('/etc/hostname', join(wrong, 'd/link'));
    symlinkSync('/etc', join(wrong, 'out'));
    const { stderr } = await build([wrong], { expectCode: 125 });
    assert.match(
      stderr,
      /Containerfile:2:6: .*no such file or directory in the build context\n {2}2 \| COPY/,
    );
  }
});

test('users, signals and owners that do not exist are told with their place, and are no exit status of a program', async () => {
  const wrong: [string, RegExp][] = [
    ['USER nosuch\nRUN true', /Containerfile:3:1: .*nosuch/],
    ['COPY --chown=nosuch Containerfile /x', /Containerfile:2:14: .*nosuch/],
    ['STOPSIGNAL NOSUCH', /Containerfile:2:1: .*NOSUCH/],
  ];
  for (const [line, message] of wrong)
    assert.match((await build([makeContext([BASE, line])], { expectCode: 125 })).stderr, message);
  await build([makeContext([BASE, 'STOPSIGNAL 15', 'STOPSIGNAL SIGRTMIN+3', 'STOPSIGNAL quit'])]);
});

test('a context without files is enough for what copies none', async () => {
  const context = makeContext(['FROM scratch', 'COPY . /all/', 'LABEL a=b'], { '.dockerignore': '*' });
  assert.match((await build([context])).stdout, /^[0-9a-f]{64}\n$/);
  const { stderr } = await build([testFolder('empty')], { expectCode: 125 });
  assert.match(stderr, /no Containerfile or Dockerfile/);
});

test('ADD fetches a file whose digest is known, and refuses another one', async () => {
  const data = 'fetched\n';
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/f' ? 200 : 404;
    response.end(request.url === '/f' ? data : '');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sum = createHash('sha256').update(data).digest('hex');
  const add = (flags: string, path = 'f'): string => makeContext([BASE, `ADD ${flags} ${url}/${path} /got/`]);
  try {
    const said = await ask("cat /got/f; stat -c '%a %u' /got/f", [
      add(`--chmod=644 --checksum=sha256:${sum}`),
    ]);
    assert.equal(said, 'fetched\n644 0');
    assert.equal(await ask("stat -c '%a %u' /got/f", [add('')]), '600 0');
    const other = await build([add(`--checksum=sha256:${'0'.repeat(64)}`)], { expectCode: 125 });
    assert.match(other.stderr, new RegExp(`:2:\\d+: .*another digest: expected .*, got sha256:${sum}`));
    assert.match((await build([add('', 'none')], { expectCode: 125 })).stderr, /Containerfile:2:6: .*404/);
    assert.match((await build([add('--checksum=md5:1')], { expectCode: 125 })).stderr, /not of the form/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a repository is a context, whole or a directory of a branch', async (t) => {
  const { url, git, folder, publish } = await startGitServer(t);
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'Containerfile'), `${BASE}\nCOPY . /r\n`);
  writeFileSync(join(folder, 'sub/Containerfile'), `${BASE}\nCOPY . /r\n`);
  publish('one');
  git('checkout', '-qb', 'other');
  writeFileSync(join(folder, 'sub/more'), '');
  publish('two');
  git('checkout', '-q', 'main');
  assert.equal(await ask('ls -A /r', [url]), 'Containerfile\nsub');
  assert.equal(await ask('ls -A /r', [`${url}#other:sub`]), 'Containerfile\nmore');
  const { stderr } = await build([`${url}#nosuch`], { expectCode: 125 });
  assert.match(stderr, /fetching ".*": git: .*nosuch/);
});

test('an SSH agent is there for the mounts that ask for it, with given keys, and is gone afterwards', async () => {
  const folder = testFolder('keys');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test-key', '-f', join(folder, 'key')]);
  const lines = [
    BASE,
    'RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo "$SSH_AUTH_SOCK" > /first',
    'RUN --mount=type=ssh,id=default,target=/tmp/agent,required=true test -S /tmp/agent && echo $SSH_AUTH_SOCK >> /first',
    'RUN --mount=type=ssh,id=other test -z "$SSH_AUTH_SOCK"; env | grep -c SSH >> /first || true',
  ];
  const said = await ask('cat /first; ls -d /run/buildkit /tmp/agent 2>/dev/null; true', [
    ...['--ssh', `default=${join(folder, 'key')}`, makeContext(lines)],
  ]);
  assert.match(said, /^\/run\/buildkit\/ssh_agent\.0\n\/tmp\/agent\n0$/);
  assert.deepEqual(agents(), []);
  await goneAfterKill(folder);
  const missing = await build([makeContext([BASE, 'RUN --mount=type=ssh,required=true true'])], {
    expectCode: 125,
  });
  assert.match(
    missing.stderr,
    /Containerfile:2:\d+: the SSH agent "default" is required.*\n[^]*--ssh default=SOCKET/,
  );
});

/** SSH agents of this file's builds. */
function agents(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes(`ssh-agent\0-a\0${homeEnvironment()['HOME']}`);
    } catch {
      return false;
    }
  });
}

/** Also where nobody could end the agent. */
async function goneAfterKill(keys: string): Promise<void> {
  const flag = testFolder('flag');
  const context = makeContext([BASE, 'RUN --mount=type=ssh touch /flag/there; sleep 1000']);
  const ssh = ['--ssh', `default=${join(keys, 'key')}`, '-v', `${flag}:/flag`];
  const { child, finished } = startTspod(['build', '-q', '--network', 'none', ...ssh, context]);
  child.stdin.end();
  await waitFor('the agent to be there', () => existsSync(join(flag, 'there')));
  assert.equal(agents().length, 1);
  child.kill('SIGKILL');
  await finished;
  await waitFor('the agent to be gone', () => agents().length === 0, { timeout: 60_000 });
}
