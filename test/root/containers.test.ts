import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const allIds = /^ +0 +0 +4294967295$/m;

async function inBusybox(options: readonly string[], script: string, expectCode = 0): Promise<string> {
  const args = ['run', '--rm', '--network', 'none', ...options, 'busybox', 'sh', '-c', script];
  const { stdout, stderr } = await runTspod(args, { expectCode });
  return stdout + stderr;
}

test('as root the store, the runtime directory and the cache are those of the machine', async () => {
  const { stdout } = await runTspod(['info', '--format', '{{.Store.GraphRoot}} {{.Store.RunRoot}}']);
  assert.match(stdout, /^\/var\/lib\/tspod \/run\/tspod/);
  const { stdout: rootless } = await runTspod(['info', '--format', '{{.Host.Security.Rootless}}']);
  assert.equal(rootless, 'false\n');
});

test("root's container has the machine's ids and no more capabilities than a user's", async () => {
  const said = await inBusybox(
    [],
    'id -u; cat /proc/self/uid_map; grep CapEff /proc/self/status; echo x >/x; exit 7',
    7,
  );
  assert.match(said, /^0\n/);
  assert.match(said, allIds);
  assert.match(said, /^CapEff:\s+00000000800405fb$/m);
});

test('ps, inspect, exec, top, logs, stop and rm work on a container of root', async () => {
  const name = uniqueName();
  const program = 'echo started; trap "exit 3" TERM; while :; do sleep 0.1; done';
  const { stdout: id } = await runTspod(words`run -d --name ${name} --network none busybox sh -c ${program}`);
  assert.match(
    (await runTspod(['ps', '--filter', `name=${name}`, '--format', '{{.Status}}'])).stdout,
    /^Up /,
  );
  const format = '{{.State.Pid}} {{.State.CgroupPath}}';
  const [pid, group] = (await runTspod(['inspect', name, '--format', format])).stdout.trim().split(' ');
  assert.match(readFileSync(`/proc/${pid}/uid_map`, 'utf8'), allIds);
  assert.ok(group?.includes(`tspod-${id.trim()}`), group);
  assert.ok(readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(group ?? '?'));
  const { stdout: user } = await runTspod(['exec', '-u', '1000:7', name, 'sh', '-c', 'id -u; id -g']);
  assert.equal(user, '1000\n7\n');
  assert.match((await runTspod(['top', name, 'user', 'comm'])).stdout, /^root +sh$/m);
  await waitFor('the line in the log', async () => (await runTspod(['logs', name])).stdout === 'started\n');
  await runTspod(['stop', name]);
  assert.equal((await runTspod(['wait', name])).stdout, '3\n');
  await runTspod(['start', name]);
  await runTspod(['pause', name]);
  assert.equal((await runTspod(['inspect', name, '--format', '{{.State.Status}}'])).stdout, 'paused\n');
  await runTspod(['rm', '--force', '--time', '0', name]);
  await runTspod(['container', 'exists', name], { expectCode: 1 });
});

test('--userns auto takes the ids of the user containers, and no two containers have the same', async () => {
  const [one, two] = [uniqueName(), uniqueName()];
  const first = async (name: string): Promise<number> => {
    const args = ['run', '-d', '--name', name, '--network', 'none', '--userns', 'auto:size=2000'];
    await runTspod([...args, 'busybox', 'sleep', '1000']);
    const script = 'touch /new && stat -c %u /new /bin/busybox && cat /proc/self/uid_map';
    const { stdout } = await runTspod(['exec', name, 'sh', '-c', script]);
    const [, start] = /^0\n0\n +0 +(\d+) +2000$/m.exec(stdout) ?? [];
    return Number(start);
  };
  const starts = [await first(one), await first(two)];
  assert.ok(
    starts.every((start) => start >= 2147483648),
    `${starts.join(', ')}`,
  );
  assert.ok(Math.abs((starts[0] ?? 0) - (starts[1] ?? 0)) >= 2000, `${starts.join(', ')}`);
  await runTspod(['rm', '--force', '--time', '0', one, two]);
  const { stderr } = await runTspod(
    ['run', '--rm', '--userns', 'auto:size=9000000', '--network', 'none', 'busybox', 'true'],
    { expectCode: 125 },
  );
  assert.match(stderr, /^Error: .*9000000/);
});

const refusals: [name: string, args: string[], says: RegExp, code: number][] = [
  [
    'a network by pasta',
    ['--network', 'pasta', 'busybox'],
    /pasta carries the networks of users only.*\nhint: use --network slirp4netns/,
    125,
  ],
  ['an image that is not there', ['--pull', 'never', 'localhost/no-such-image'], /no-such-image/, 125],
  ['a network that is not there', ['--network', 'no-such-net', 'busybox'], /no-such-net/, 125],
  [
    'a source that is missing',
    ['-v', '/no/such/place:/m', 'busybox'],
    /\/no\/such\/place.*no such file.*\nhint: make it first/i,
    125,
  ],
];

for (const [name, args, says, code] of refusals) {
  test(`root is refused ${name}, and nothing is left`, async () => {
    const before = (await runTspod(['ps', '-aq'])).stdout;
    const { stderr } = await runTspod(['run', '--rm', ...args, 'true'], { expectCode: code });
    assert.match(stderr, says);
    assert.equal((await runTspod(['ps', '-aq'])).stdout, before);
  });
}
