import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { BASE, makeContext } from '../helpers/builds';
import { runScriptLacking } from '../helpers/lacking-machine';
import { project } from '../helpers/project';
import { runAndKill } from '../helpers/run-and-kill';
import { testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

/** 200 of them are the full test (`npm run test:faults`); a few tell of most mistakes. */
const rounds = Number(process.env['TSPOD_FAULT_ROUNDS'] ?? 10);
const busybox = join(project, 'dist/busybox.tar');

interface Store {
  root: string;
  tspod(...args: string[]): string[];
  build(...args: string[]): string[];
}

/** A store of its own with a base image. */
async function makeStore(): Promise<Store> {
  const root = testFolder('store');
  const tspod = (...args: string[]): string[] => ['--root', root, ...args];
  await runTspod(tspod('load', '-qi', busybox));
  return { root, tspod, build: (...args) => tspod('build', '-q', '--network', 'none', ...args) };
}

/** Files that `tmp` of a store has. */
const leftIn = (root: string): string[] =>
  existsSync(join(root, 'tmp')) ? readdirSync(join(root, 'tmp')) : [];

/** Processes that say this word in their command line, without this one's children. */
function processesOf(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(word) ? [`${pid} ${line}`] : [];
      } catch {
        return [];
      }
    });
}

const contextOf = (lines: readonly string[], files: Record<string, string> = {}): string =>
  makeContext([BASE, ...lines], files);
const isMounted = (path: string): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(path);

test(`each of ${rounds} builds that are killed at any moment leaves no process and no mount, and the next one is whole`, async () => {
  const { root, tspod, build } = await makeStore();
  const word = uniqueName();
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`f${at}`, `${at}`.repeat(9000)]));
  const context = contextOf(
    [
      'COPY f* /f/',
      `RUN echo ${word}; dd if=/dev/zero of=/big bs=64k count=40 2>/dev/null; rm -r /f`,
      'FROM localhost/busybox',
      `RUN --mount=type=cache,target=/c,sharing=locked echo ${word} >> /c/x; sleep 0.1`,
      'COPY --from=0 /big /etc/passwd /t/',
    ],
    files,
  );
  const start = performance.now();
  await runTspod(build('--no-cache', context));
  const longest = performance.now() - start;
  for (let round = 0; round < rounds; round++) {
    const delay = Math.random() * longest * 1.1;
    const told = `round ${round}, killed after ${delay.toFixed(1)} ms`;
    await runAndKill(build(...(round % 2 === 0 ? ['--no-cache'] : []), '-t', 'made', context), delay);
    await waitFor(`no process to be left: ${told}`, () => processesOf(word).length === 0);
    assert.equal(isMounted(root), false, told);
    const { stdout, stderr, code } = await runTspod(tspod('system', 'check'), { expectCode: null });
    assert.equal(`${stdout}${stderr}${code}`, '0', told);
    if (round % 2 === 0) {
      // what is a few seconds old may belong to who has just begun
      for (const name of leftIn(root)) utimesSync(join(root, 'tmp', name), 1, 1);
      await runTspod(tspod('system', 'prune', '-f', '--build'));
      assert.deepEqual(leftIn(root), [], told);
    }
    await runTspod(build('-t', 'made', context));
  }
  await runTspod(tspod('rmi', '-fa'));
  await runTspod(tspod('system', 'prune', '-f', '--build'));
  for (const folder of ['layers', 'blobs/sha256', 'images', 'containers'])
    assert.deepEqual(existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [], []);
});

for (const size of [2600, 4400, 5600, 7400]) {
  test(`a disk of ${size} KiB that fills up in a build is told of with the line, and nothing stays`, async () => {
    const root = join(testFolder('disk'), 'root');
    const context = contextOf(['COPY big /copied', 'RUN cat /copied > /written'], {
      big: 'b'.repeat(1 << 20),
    });
    const script = `
      tspod --root ${root} load -qi ${busybox} >/dev/null
      tspod --root ${root} build -q --network none -t made ${context} || echo "code $?"
      tspod --root ${root} images -q | wc -l
      ls ${root}/tmp
      tspod --root ${root} system check --max 0s
      tspod --root ${root} system prune -f --build >/dev/null
      tspod --root ${root} rmi -fa >/dev/null
      echo "left: $(ls ${root}/containers ${root}/tmp ${root}/layers 2>/dev/null | grep -v : | tr '\\n' ' ')"`;
    const lacks = { subordinateIds: true, space: { path: root, size } };
    const { stdout, stderr } = await runScriptLacking(lacks, script);
    assert.match(stderr, /no space left on device|free on the disk/i);
    assert.match(stdout, /^code \d+$/m, `${stdout}${stderr}`);
    assert.match(stdout, /left: *\n$/, `${stdout}${stderr}`);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
}

test('entries of the cache that are cut off or of another kind are as if they were not there', async () => {
  const { root, tspod, build } = await makeStore();
  const context = contextOf(['COPY a /a', 'RUN cat /a > /b'], { a: '1' });
  const [id] = (await runTspod(build('--source-date-epoch', '1700000000', context))).stdout.split('\n');
  const folders = [join(root, 'build-cache/steps'), join(root, 'build-cache/files')];
  const damage: ((path: string) => void)[] = [
    (path) => truncateSync(path, 0),
    (path) => truncateSync(path, 30),
    (path) => writeFileSync(path, '{"version":1}'),
    (path) => writeFileSync(path, '[[1],null]'),
    (path) => writeFileSync(path, Buffer.alloc(64)),
  ];
  for (const spoil of damage) {
    for (const folder of folders) for (const name of readdirSync(folder)) spoil(join(folder, name));
    const { stdout, stderr } = await runTspod(build('--source-date-epoch', '1700000000', context));
    assert.equal(stdout, `${id}\n`, stderr);
    await runTspod(tspod('system', 'df'));
  }
  for (const layer of readdirSync(join(root, 'layers')))
    await runTspod(['unshare', 'rm', '-rf', join(root, 'layers', layer)]);
  await runTspod(tspod('load', '-qi', busybox));
  const again = await runTspod(build('--source-date-epoch', '1700000000', context), { expectCode: null });
  assert.ok(again.code === 0 || /system check --repair/.test(again.stderr), again.stderr);
});

test('builds at the same time share the cache, and the same files give the same layers', async () => {
  const { root, tspod, build } = await makeStore();
  const same = contextOf(['COPY a /a', 'RUN cat /a > /b; sleep 0.2'], { a: 'x'.repeat(100_000) });
  const others = [1, 2].map((at) =>
    contextOf(['COPY a /a', `RUN echo ${at} > /b`], { a: 'x'.repeat(100_000) }),
  );
  const epoch = ['--source-date-epoch', '1700000000'];
  const results = await Promise.all(
    [same, same, same, ...others].map((context) => runTspod(build(...epoch, context))),
  );
  const ids = results.map(({ stdout }) => stdout.trim());
  assert.equal(new Set(ids.slice(0, 3)).size, 1);
  assert.equal(new Set(ids).size, 3);
  assert.equal((await runTspod(tspod('system', 'check'))).stdout, '');
  assert.deepEqual(leftIn(root), []);
});

test('a cache that is locked is waited for; who waits can be interrupted', async () => {
  const { build, tspod } = await makeStore();
  const step = (text: string): string[] => [`RUN --mount=type=cache,id=k,target=/c,sharing=locked ${text}`];
  const [flag, word] = [join(testFolder('flag')), uniqueName()];
  const volume = ['-v', `${flag}:/flag`];
  const holds = contextOf(
    step('touch /flag/held; until test -e /flag/go; do sleep 0.1; done; echo first >> /c/x'),
  );
  const waits = contextOf(step(`cp /c/x /flag/${word}`));
  const holder = startTspod(build(...volume, holds));
  holder.child.stdin.end();
  await waitFor('the cache to be held', () => existsSync(join(flag, 'held')));
  const shown = ['build', '--progress', 'plain', '--network', 'none', ...volume];
  const gone = startTspod(tspod(...shown, contextOf(step('touch /flag/wrong'))));
  gone.child.stdin.end();
  let log = '';
  gone.child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const waiter = startTspod(build(...volume, waits));
  waiter.child.stdin.end();
  await waitFor('the step to wait', () => log.includes('touch /flag/wrong'), { timeout: 60_000 });
  gone.child.kill('SIGINT');
  assert.equal((await gone.finished).code, 130);
  writeFileSync(join(flag, 'go'), '');
  assert.equal((await holder.finished).code, 0);
  const { code, stderr } = await waiter.finished;
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(join(flag, word), 'utf8'), 'first\n');
  assert.equal(existsSync(join(flag, 'wrong')), false);
});

test('the first stage that fails ends the others', async () => {
  const { build, root } = await makeStore();
  const context = contextOf([]);
  const word = uniqueName();
  writeFileSync(
    join(context, 'Containerfile'),
    `FROM localhost/busybox AS slow\nRUN echo ${word}; sleep 1000\nFROM localhost/busybox AS wrong\nRUN sleep 0.5; exit 7\n` +
      'FROM scratch\nCOPY --from=slow / /\nCOPY --from=wrong / /\n',
  );
  const { stderr } = await runTspod(build(context), { expectCode: 7 });
  assert.match(stderr, /Containerfile:4:1: .*exit status 7/);
  await waitFor('the other stage to end', () => processesOf(word).length === 0);
  assert.deepEqual(leftIn(root), []);
});

test('a program that is killed is told with its signal', async () => {
  const { build } = await makeStore();
  const { stderr } = await runTspod(build(contextOf(["RUN sh -c 'kill -9 $$' || exit $?"])), {
    expectCode: 137,
  });
  assert.match(stderr, /Containerfile:2:1: .*killed by signal 9/);
});

test('a stage that another one needs while it waits is built, however few are at work', async () => {
  const { build } = await makeStore();
  const folder = contextOf([]);
  mkdirSync(join(folder, 'x'));
  writeFileSync(
    join(folder, 'Containerfile'),
    'FROM localhost/busybox\nRUN --mount=type=cache,from=z,source=/x,target=/c,id=of-z ls /c > /list\n' +
      'FROM localhost/busybox AS z\nRUN mkdir /x; sleep 0.2\nRUN touch /x/f\nFROM scratch\nCOPY --from=0 /list /\n',
  );
  const { stdout } = await runTspod(build('--jobs', '1', folder));
  assert.match(stdout, /^[0-9a-f]{64}\n$/);
});
