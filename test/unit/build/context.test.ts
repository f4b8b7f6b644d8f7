import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { parseGitAddress } from '../../../src/build/context/git-address';
import {
  isRemoteContext,
  openNamedContexts,
  parseNamedContext,
} from '../../../src/build/context/named-contexts';
import { needsPlace, openContext } from '../../../src/build/context/open-context';
import type { ContextRequest } from '../../../src/build/context/open-context';
import type { Context } from '../../../src/lib/context';
import type { Staging } from '../../../src/store/staging';

const folder = mkdtempSync(join(tmpdir(), 'tspod-context-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A context of files by their paths. */
function makeFiles(files: Record<string, string>): string {
  const path = join(folder, `c${count++}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

function place(): Staging {
  const path = join(folder, `s${count++}`);
  mkdirSync(path);
  return { path, remove: () => undefined };
}

const ctx = { env: { ...process.env }, log: () => undefined } as unknown as Context;

function open(request: Partial<ContextRequest>) {
  const whole = { context: undefined, files: [], ignoreFile: undefined, cppFlags: [], ...request };
  return openContext(ctx, whole, place);
}

test('a Containerfile stands above a Dockerfile, and both are found', async () => {
  const both = makeFiles({ Containerfile: 'FROM a', Dockerfile: 'FROM b' });
  assert.equal((await open({ context: both })).sources[0]?.text, 'FROM a');
  const one = makeFiles({ Dockerfile: 'FROM b' });
  const { sources, context } = await open({ context: one });
  assert.deepEqual(sources, [{ text: 'FROM b', file: 'Dockerfile', path: join(one, 'Dockerfile') }]);
  assert.equal(context?.path, one);
});

test('--file is looked for in the working directory, then in the context; its directory is the context without another', async () => {
  const path = makeFiles({ 'sub/My.file': 'FROM c', Dockerfile: 'FROM b' });
  assert.equal((await open({ context: path, files: ['sub/My.file'] })).sources[0]?.text, 'FROM c');
  assert.equal((await open({ files: [join(path, 'sub/My.file')] })).context?.path, join(path, 'sub'));
  const two = await open({ context: path, files: ['sub/My.file', 'Dockerfile'] });
  assert.equal(two.sources.length, 2);
});

test('what is no context is an error that says what is', async () => {
  const path = makeFiles({ a: '' });
  await assert.rejects(open({}), /no context directory and no Containerfile specified/);
  await assert.rejects(open({ context: path }), /no Containerfile or Dockerfile specified or found/);
  await assert.rejects(open({ context: join(path, 'a') }), /context must be a directory/);
  await assert.rejects(open({ context: join(path, 'none') }), /context must be a directory/);
  await assert.rejects(open({ context: path, files: ['none'] }), /does not exist, none/);
  await assert.rejects(open({ context: path, files: ['.'] }), /cannot be path to a directory/);
  const good = makeFiles({ Dockerfile: 'FROM x' });
  await assert.rejects(open({ context: good, ignoreFile: 'none' }), /--ignorefile "none": no such file/);
});

test('a link to a context is followed once, at the start', async () => {
  const path = makeFiles({ Dockerfile: 'FROM x' });
  const link = join(folder, 'link');
  symlinkSync(path, link);
  assert.equal((await open({ context: link })).context?.path, path);
});

test('the rules of --ignorefile stand above those beside the Containerfile, and those above the context’s', async () => {
  const files = {
    Dockerfile: 'FROM x',
    'other.file': 'FROM y',
    'other.file.dockerignore': 'b',
    '.dockerignore': 'c',
    '.containerignore': 'd',
    named: 'a',
  };
  const path = makeFiles(files);
  const ignored = async (request: Partial<ContextRequest>) => {
    const { context } = await open({ context: path, ...request });
    return ['a', 'b', 'c', 'd'].filter((name) => context?.ignore.ignores(name)).join('');
  };
  assert.equal(await ignored({}), 'd');
  assert.equal(await ignored({ files: ['other.file'] }), 'b');
  assert.equal(await ignored({ ignoreFile: join(path, 'named') }), 'a');
});

test('a Containerfile comes from an http address', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/Dockerfile' ? 200 : 404;
    response.end(request.url === '/Dockerfile' ? 'FROM web' : 'no');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { sources, context } = await open({ context: `${base}/Dockerfile` });
    assert.deepEqual(sources, [{ text: 'FROM web', file: 'Dockerfile' }]);
    assert.equal(context, undefined);
    await assert.rejects(open({ context: `${base}/none` }), /fetching "http:.*none": 404/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a context comes from a directory of a branch of a git repository', async (t) => {
  const path = makeFiles({ 'app/Containerfile': 'FROM git', top: '' });
  const git = (...args: string[]) => execFileSync('git', ['-C', path, ...args], { stdio: 'ignore' });
  try {
    git('init', '-q', '-b', 'side');
  } catch {
    return t.skip('there is no git');
  }
  git('add', '.');
  git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '-q', '-m', 'x');
  const { cloneRepository } = await import('../../../src/build/context/clone-repository');
  const clone = (ref: string, directory?: string) =>
    cloneRepository(
      ctx,
      { repository: path, ref, ...(directory ? { directory } : {}) },
      { target: place().path },
    );
  const { directory, commit } = await clone('side', 'app');
  assert.match(commit, /^[0-9a-f]{40}$/);
  const { sources } = await open({ context: directory });
  assert.equal(sources[0]?.text, 'FROM git');
  await assert.rejects(clone('nosuch'), /fetching ".*": git: .*nosuch/);
  await assert.rejects(clone('side', 'none'), /has no directory "none"/);
});

test('addresses of repositories are known by their form', () => {
  const repository = 'https://example.com/a.git';
  assert.deepEqual(parseGitAddress(`${repository}#main:docs/x/`), {
    repository,
    ref: 'main',
    directory: 'docs/x',
  });
  assert.deepEqual(parseGitAddress(`${repository}#:docs`), { repository, directory: 'docs' });
  assert.deepEqual(parseGitAddress('git@example.com:a/b'), { repository: 'git@example.com:a/b' });
  assert.deepEqual(parseGitAddress('github.com/a/b#v1'), { repository: 'https://github.com/a/b', ref: 'v1' });
  assert.equal(parseGitAddress('https://example.com/a.tar.gz'), undefined);
  assert.equal(parseGitAddress('./a.git'), undefined);
  assert.throws(() => parseGitAddress(`${repository}#--upload-pack=x`), /no branch and directory/);
  assert.throws(() => parseGitAddress(`${repository}#main:../x`), /no branch and directory/);
});

test('what can be read only once, or has to be fetched, needs a place', () => {
  assert.equal(needsPlace({ context: '.', files: [] }), false);
  assert.equal(needsPlace({ context: '-', files: [] }), true);
  assert.equal(needsPlace({ context: '.', files: ['-'] }), true);
  assert.equal(needsPlace({ context: 'https://example.com/x.tar', files: [] }), true);
  assert.equal(isRemoteContext(parseNamedContext('a=docker-image://x')), false);
  assert.equal(isRemoteContext(parseNamedContext('a=https://example.com/x.git')), true);
});

test('--build-context names directories and images', async () => {
  const path = makeFiles({ x: '' });
  const texts = [`one=${path}`, 'two=docker-image://debian:trixie', 'three=oci-layout://x:y'].map(
    parseNamedContext,
  );
  const contexts = await openNamedContexts(ctx, texts, place);
  assert.equal(contexts.get('one')?.kind, 'directory');
  assert.deepEqual(contexts.get('two'), { kind: 'image', reference: 'debian:trixie' });
  assert.deepEqual(contexts.get('three'), { kind: 'image', reference: 'oci:x:y' });
  assert.throws(() => parseNamedContext('x'), /key=value/);
  await assert.rejects(
    openNamedContexts(ctx, [parseNamedContext('a=containers-storage:x')], place),
    /not supported/,
  );
  await assert.rejects(openNamedContexts(ctx, [parseNamedContext('a=none')], place), /must be a directory/);
});
