import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { project } from '../helpers/project';
import { testFolder } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

/** A store of its own with a base image. */
async function makeStore(): Promise<{ root: string; build: (...args: string[]) => string[] }> {
  const root = testFolder('store');
  await runTspod(['--root', root, 'load', '-qi', join(project, 'dist/busybox.tar')]);
  return {
    root,
    build: (...args) => ['--root', root, 'build', '--progress=plain', '--network', 'none', ...args],
  };
}

function makeContext(lines: string[]): string {
  const folder = testFolder('context');
  writeFileSync(join(folder, 'Containerfile'), `${lines.join('\n')}\n`);
  return folder;
}

/** Somebody who takes connections and says nothing. */
async function startDeafServer(t: TestContext): Promise<{ host: string; asked: () => boolean }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    t.after(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => count > 0 };
}

/** Whether a process has a file open. */
function hasOpen(pid: number, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith(path));
  } catch {
    // a descriptor that has been closed meanwhile
    return false;
  }
}

/** Interrupts a build when it is at a point, and looks at what it leaves. */
async function interrupt(
  { root, words, signal = 'SIGINT' }: { root: string; words: string[]; signal?: NodeJS.Signals },
  isThere: (pid: number) => boolean,
): Promise<void> {
  const { child, finished } = startTspod(words);
  child.stdin.end();
  await waitFor('the build to come to the point', () => isThere(child.pid ?? 0));
  const since = performance.now();
  child.kill(signal);
  const { code, stderr } = await finished;
  assert.equal(code, signal === 'SIGINT' ? 130 : 143, stderr);
  assert.match(stderr, /the build was interrupted/);
  // nobody has to wait for what was under way: without that these are minutes
  assert.ok(performance.now() - since < 30_000);
  assert.deepEqual(readdirSync(join(root, 'tmp')), []);
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(root), false);
}

test('a build that waits for a registry, an address or a repository is interrupted', async (t) => {
  const { root, build } = await makeStore();
  for (const line of [
    'FROM @/x',
    'FROM localhost/busybox\nADD http://@/f /f',
    'FROM scratch\nADD http://@/a.git /a',
  ]) {
    const { host, asked } = await startDeafServer(t);
    await interrupt(
      { root, words: build('--tls-verify=false', makeContext([line.replace('@', host)])) },
      asked,
    );
  }
});

test('a build that reads a large file is interrupted', async () => {
  const { root, build } = await makeStore();
  const context = makeContext(['FROM localhost/busybox', 'COPY large /x/']);
  mkdirSync(join(context, 'large'));
  writeFileSync(join(context, 'large/file'), '');
  truncateSync(join(context, 'large/file'), 100e9);
  await interrupt({ root, words: build(context), signal: 'SIGTERM' }, (pid) => hasOpen(pid, 'large/file'));
});

test('a RUN is interrupted with all that it has started', async () => {
  const { root, build } = await makeStore();
  const word = uniqueName();
  const flag = testFolder('flag');
  const line = `RUN (trap "" INT TERM; sleep 1000; echo ${word}) & touch /flag/there; sleep 1000`;
  const words = build('-v', `${flag}:/flag`, makeContext(['FROM localhost/busybox', line]));
  await interrupt({ root, words }, () => existsSync(join(flag, 'there')));
  const lines = readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8')] : [];
    } catch {
      return [];
    }
  });
  assert.deepEqual(
    lines.filter((each) => each.includes(word)),
    [],
  );
});
