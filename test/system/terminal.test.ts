import assert from 'node:assert/strict';
import test from 'node:test';
import { tspodProgram } from '../helpers/project';
import { runTspod, startTspod, type RunningTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';
import { words } from '../helpers/words';

const DETACH = '\x10\x11';

/** tspod with a terminal that script(1) makes, of 30 rows and 100 columns. */
function inTerminal(...args: string[]): RunningTspod {
  const command = ['stty rows 30 cols 100;', 'exec', tspodProgram, ...args.map((arg) => `'${arg}'`)].join(
    ' ',
  );
  return startTspod(['-qec', command, '/dev/null'], { program: 'script' });
}

const shows = (running: RunningTspod, text: RegExp) =>
  waitFor(`${text} in the terminal, which has: ${running.stdout()}`, () => text.test(running.stdout()));

const stateOf = async (name: string): Promise<string> =>
  (await runTspod(['inspect', '--format', '{{.State.Status}}', name])).stdout.trim();

test('run -it gives the program a terminal of the same size, and ends with its status', async () => {
  const running = inTerminal(
    'run',
    '--rm',
    '-it',
    '--network',
    'none',
    'busybox',
    'sh',
    '-c',
    'tty; stty size; exit 5',
  );
  const { stdout, code } = await running.finished;
  assert.match(stdout, /^\/dev\/pts\/0\r\n30 100\r\n/);
  assert.equal(code, 5);
});

test('the terminal is raw: keys reach the program, ctrl-c ends what runs inside', async () => {
  const running = inTerminal('run', '--rm', '-it', '--network', 'none', 'busybox', 'sh');
  await shows(running, /# /);
  running.child.stdin.write('echo a$((1+1))b; sleep 100\r');
  await shows(running, /a2b/);
  running.child.stdin.write('\x03');
  running.child.stdin.write('exit 9\r');
  assert.equal((await running.finished).code, 9);
});

test('ctrl-p ctrl-q leaves the container running, attach comes back to it', async () => {
  const name = uniqueName();
  const running = inTerminal('run', '-it', '--name', name, '--network', 'none', 'busybox', 'sh');
  await shows(running, /# /);
  running.child.stdin.write(DETACH);
  assert.equal((await running.finished).code, 0);
  assert.equal(await stateOf(name), 'running');
  const attached = inTerminal('attach', name);
  attached.child.stdin.write('echo b$((1+2))c\r');
  await shows(attached, /b3c/);
  attached.child.stdin.write('exit 4\r');
  assert.equal((await attached.finished).code, 4);
  await runTspod(['rm', name]);
});

test('--detach-keys names other keys', async () => {
  const name = uniqueName();
  const keys = ['--detach-keys', 'ctrl-a,x'];
  const running = inTerminal('run', '-it', ...keys, '--name', name, '--network', 'none', 'busybox', 'sh');
  await shows(running, /# /);
  running.child.stdin.write('\x01x');
  assert.equal((await running.finished).code, 0);
  assert.equal(await stateOf(name), 'running');
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('exec -it has a terminal, TERM and its own status', async () => {
  const name = uniqueName();
  await runTspod(['run', '-d', '--name', name, '--network', 'none', 'busybox', 'sleep', '100']);
  const running = inTerminal('exec', '-it', name, 'sh', '-c', 'stty size; echo $TERM; exit 6');
  const { stdout, code } = await running.finished;
  assert.match(stdout, /^30 100\r\nxterm/);
  assert.equal(code, 6);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('without a terminal of its own, -t still gives the program one', async () => {
  const { stdout } = await runTspod(['run', '--rm', '-t', '--network', 'none', 'busybox', 'tty']);
  assert.equal(stdout, '/dev/pts/0\r\n');
});

test('signals go to the program, unless --sig-proxy=false', async () => {
  const script = 'trap "echo got; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
  const running = startTspod(['run', '--rm', '--network', 'none', 'busybox', 'sh', '-c', script]);
  await waitFor('the program', () => running.stdout().includes('ready'));
  running.child.kill('SIGTERM');
  const { stdout, code } = await running.finished;
  assert.equal(stdout, 'ready\ngot\n');
  assert.equal(code, 7);
  const name = uniqueName();
  const other = startTspod(
    words`run --name ${name} --sig-proxy=false --network none busybox sh -c ${script}`,
  );
  await waitFor('the program', () => other.stdout().includes('ready'));
  other.child.kill('SIGTERM');
  await other.finished;
  assert.equal(await stateOf(name), 'running');
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('-a chooses the streams that are shown', async () => {
  const run = (stream: string) =>
    runTspod(words`run --rm -a ${stream} --network none busybox sh -c 'echo out; echo err >&2'`);
  const [out, err] = [await run('stdout'), await run('stderr')];
  assert.deepEqual([out.stdout, out.stderr], ['out\n', '']);
  assert.deepEqual([err.stdout, err.stderr], ['', 'err\n']);
});
