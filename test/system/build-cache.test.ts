import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { project } from '../helpers/project';
import { registryUser, startRegistry } from '../helpers/registry';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { words } from '../helpers/words';

const stores = { first: testFolder('store'), second: testFolder('store') };
const load = (root: string) => runTspod(['--root', root, 'load', '-qi', join(project, 'dist/busybox.tar')]);

before(async () => {
  for (const root of Object.values(stores)) await load(root);
});

/** A context with two files; a `Containerfile` on busybox of these lines. */
function makeContext(...lines: string[]): string {
  const folder = testFolder();
  mkdirSync(join(folder, 'd'));
  writeFileSync(join(folder, 'd/a'), 'a');
  writeFileSync(join(folder, 'b'), 'b');
  writeFileSync(join(folder, 'Containerfile'), ['FROM localhost/busybox', ...lines, ''].join('\n'));
  return folder;
}

const lines = [
  'WORKDIR /work',
  'RUN mkdir -p x/y && echo hello >x/y/z && ln x/y/z x/link && chown 5:6 x/y/z && rm /bin/ls',
  'COPY --chown=7:8 d /copied',
  'ENV A=b',
  'RUN cat /proc/sys/kernel/random/uuid >/random',
];

interface Told {
  /** The id of the image. */
  id: string;
  /** What was said of the build. */
  log: string;
  /** Steps that came from the cache. */
  cached: number;
}

async function build(root: string, context: string, ...args: string[]): Promise<Told> {
  const words = ['--root', root, 'build', '--network', 'none', '--tls-verify=false', '--progress=plain'];
  const { stdout, stderr } = await runTspod([...words, ...args, context]);
  return {
    id: stdout.trim().split('\n').at(-1) ?? '',
    log: stderr,
    cached: stderr.match(/cached/gi)?.length ?? 0,
  };
}

test('steps that one store has pushed are cached ones of another store', async () => {
  const registry = await startRegistry();
  const cache = `${registry.host}/team/cache`;
  const context = makeContext(...lines);
  const first = await build(stores.first, context, '--cache-to', cache);
  assert.equal(first.cached, 0);
  const second = await build(stores.second, context, '--cache-from', cache);
  assert.equal(second.cached, lines.length, second.log);
  assert.doesNotMatch(second.log, /warning/i);
  assert.match(second.log, new RegExp(`fetching from ${cache}`));
  assert.equal(second.id, first.id);
  const script = 'stat -c "%u:%g %h %n" /work/x/link /copied/a; test ! -e /bin/ls; cat /work/x/link /random';
  const [one, two] = await Promise.all(
    [stores.first, stores.second].map((root) =>
      runTspod(['--root', root, 'run', '--rm', '--network', 'none', first.id, 'sh', '-c', script]),
    ),
  );
  assert.equal(two?.stdout, one?.stdout);
  assert.match(two?.stdout ?? '', /^5:6 2 \/work\/x\/link\n7:8 1 \/copied\/a\nhello\n/);
  await registry.stop();
  // what was fetched is the store's own now
  assert.equal((await build(stores.second, context)).cached, lines.length);
});

test('a store pushes what it had before, to a registry with TLS and a password', async () => {
  const registry = await startRegistry({ tls: true, auth: 'htpasswd' });
  const cache = `${registry.host}/cache`;
  const folder = testFolder();
  copyFileSync(registry.certificates?.ca ?? '', join(folder, 'ca.crt'));
  const access = ['--tls-verify=true', '--cert-dir', folder];
  const creds = ['--creds', `${registryUser.username}:${registryUser.password}`];
  const context = makeContext(...lines, 'LABEL c=d');
  await build(stores.first, context);
  const pushing = await build(stores.first, context, ...access, ...creds, '--cache-to', cache);
  assert.equal(pushing.cached, lines.length + 1);
  const denied = await build(stores.second, context, ...access, '--no-cache', '--cache-to', cache).catch(
    String,
  );
  assert.match(String(denied), /--cache-to/);
  await runTspod(['--root', stores.second, 'system', 'prune', '-af', '--build']);
  await load(stores.second);
  const taken = await build(stores.second, context, ...access, ...creds, '--cache-from', cache);
  assert.equal(taken.cached, lines.length + 1, taken.log);
  assert.equal(taken.id, pushing.id);
  await registry.stop();
});

test('a registry that is down, or has something else, is warned of and the steps are carried out', async () => {
  const registry = await startRegistry();
  const cache = `${registry.host}/cache`;
  const context = makeContext('RUN echo one >/one', 'COPY b /b');
  await build(stores.first, context, '--cache-to', cache);
  for (const tag of await tagsOf(registry.url)) await push(`${cache}:${tag}`);
  const wrong = await build(stores.second, context, '--cache-from', cache, '--cache-to', cache);
  assert.equal(wrong.cached, 0);
  assert.equal(wrong.log.match(/is not the result of this step/g)?.length, 1, wrong.log);
  // the one that was seen has been put right
  await forget(stores.first);
  assert.equal((await build(stores.first, context, '--cache-from', cache)).cached, 1);
  await registry.stop();
  await forget(stores.first);
  const down = await build(
    stores.first,
    context,
    '--retry=0',
    '--cache-from',
    cache,
    '--cache-from',
    `${registry.host}/x`,
  );
  assert.equal(down.cached, 0);
  assert.equal(down.log.match(/is not asked any more/g)?.length, 2, down.log);
});

test('a layer that the registry has damaged is not taken', async () => {
  const registry = await startRegistry();
  const cache = `${registry.host}/cache`;
  const context = makeContext('RUN echo two >/two');
  await build(stores.first, context, '--cache-to', cache);
  for (const path of readdirSync(registry.storage, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('/data')) continue;
    const bytes = readFileSync(join(registry.storage, path));
    if (bytes.readUInt16BE(0) === 0x1f8b) writeFileSync(join(registry.storage, path), bytes.fill(7, 20, 40));
  }
  const { cached, log, id } = await build(stores.second, context, '--cache-from', cache);
  assert.equal(cached, 0);
  assert.match(log, /expected/);
  const { stdout } = await runTspod(words`--root ${stores.second} run --rm --network=none ${id} cat /two`);
  assert.equal(stdout, 'two\n');
  await registry.stop();
});

test('--cache-ttl takes what was made lately only, whatever time the image has', async () => {
  const context = makeContext('RUN echo three >/three', 'COPY b /b');
  const epoch = ['--source-date-epoch', '1000000000'];
  const again = async (...args: string[]) => (await build(stores.first, context, ...epoch, ...args)).cached;
  assert.equal(await again(), 0);
  assert.equal(await again('--cache-ttl', '1h'), 2);
  assert.equal(await again('--cache-ttl', '0s'), 0);
  age(stores.first, 24 * 3600);
  assert.equal(await again('--cache-ttl', '1h'), 0);
  age(stores.first, 24 * 3600);
  assert.equal(await again('--cache-ttl', '48h'), 2);
  assert.equal(await again(), 2);
});

test('without steps there is nothing to exchange', async () => {
  for (const option of ['--cache-to', '--cache-from']) {
    const words = ['build', '-q', option, 'registry.example.com/x', makeContext('LABEL a=b')];
    const { stderr } = await runTspod([...words, '--layers=false'], { expectCode: 125 });
    assert.match(stderr, new RegExp(`cannot use ${option} with --layers=false`));
    const env = { BUILDAH_LAYERS: 'false' };
    assert.match((await runTspod(words, { env, expectCode: 125 })).stderr, /unset BUILDAH_LAYERS/);
  }
});

test('a build that fails pushes the steps before', async () => {
  const registry = await startRegistry();
  const cache = `${registry.host}/cache`;
  const context = makeContext('RUN echo five >/five', 'COPY b /b', 'RUN false');
  const options = ['--network', 'none', '--tls-verify=false', '--progress=plain'];
  const words = (root: string) => ['--root', root, 'build', ...options, context];
  await runTspod([...words(stores.first), '--cache-to', cache], { expectCode: 1 });
  const { stderr } = await runTspod([...words(stores.second), '--cache-from', cache], { expectCode: 1 });
  assert.equal(stderr.match(/cached/gi)?.length, 2, stderr);
  await registry.stop();
});

test('steps before one that fails are cached the next time', async () => {
  const context = makeContext('RUN echo four >/four', 'COPY b /b', 'RUN false');
  const words = ['--root', stores.first, 'build', '--network', 'none', '--progress=plain', context];
  const first = await runTspod(words, { expectCode: 1 });
  assert.doesNotMatch(first.stderr, /cached/i);
  const second = await runTspod(words, { expectCode: 1 });
  assert.equal(second.stderr.match(/cached/gi)?.length, 2, second.stderr);
});

async function tagsOf(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/v2/cache/tags/list`);
  return ((await answer.json()) as { tags: string[] }).tags;
}

async function push(name: string): Promise<void> {
  await runTspod(['--root', stores.first, 'push', '-q', '--tls-verify=false', 'busybox', name]);
}

/** As if the store had built nothing yet. */
async function forget(root: string): Promise<void> {
  await runTspod(['--root', root, 'image', 'prune', '-f', '--build-cache']);
}

/** As if all steps had been carried out this many seconds earlier. */
function age(root: string, seconds: number): void {
  const folder = join(root, 'build-cache/steps');
  for (const name of readdirSync(folder)) {
    const entry = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { made?: string };
    if (entry.made === undefined) continue;
    entry.made = new Date(Date.parse(entry.made) - seconds * 1000).toISOString();
    writeFileSync(join(folder, name), JSON.stringify(entry));
  }
}
