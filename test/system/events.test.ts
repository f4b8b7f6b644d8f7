import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const NONE = ['--network', 'none'];

interface Event {
  ID?: string;
  Image?: string;
  Name?: string;
  Status: string;
  Type: string;
  time: number;
  timeNano: number;
  ContainerExitCode?: number;
  Attributes: Record<string, string> | null;
}

/** Now, as --since takes it: later than what has happened. */
const now = (): string => String(Date.now() / 1000);

async function eventsSince(since: string, ...args: string[]): Promise<Event[]> {
  const { stdout } = await runTspod([
    'events',
    '--stream=false',
    '--since',
    since,
    '--format',
    'json',
    ...args,
  ]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}

/** What happened since, as `type status` of each event; the last one is waited for. */
async function words(since: string, last: string): Promise<string[]> {
  let found: string[] = [];
  await waitFor(last, async () => {
    found = (await eventsSince(since)).map(({ Type, Status }) => `${Type} ${Status}`);
    return found.at(-1) === last;
  });
  return found;
}

test('a life with --rm is told as Podman tells it, with exit status, labels and the volumes that go', async () => {
  const since = now();
  await runTspod(['run', '--rm', ...NONE, '--label', 'z=1', '-v', '/data', 'busybox', 'sh', '-c', 'exit 3'], {
    expectCode: 3,
  });
  assert.deepEqual(await words(since, 'volume remove'), [
    'image pull',
    'volume create',
    ...['create', 'init', 'start', 'attach', 'died', 'remove'].map((word) => `container ${word}`),
    'volume remove',
  ]);
  const [died] = await eventsSince(since, '--filter', 'event=die');
  const { ID = '', Name, time, timeNano, ...rest } = died as Event;
  assert.match(ID, /^[0-9a-f]{64}$/);
  assert.equal(Math.floor(timeNano / 1e9), time);
  assert.deepEqual(rest, {
    ContainerExitCode: 3,
    Image: 'localhost/busybox:latest',
    Status: 'died',
    Type: 'container',
    Attributes: { z: '1' },
  });
  assert.equal(
    (await eventsSince(since, '--filter', `container=${Name}`, '--filter', 'label=z=1')).length,
    6,
  );
});

test('start, exec, rename, restart, stop and rm are told in their order, with the new name', async () => {
  const [name, other] = [uniqueName('life'), uniqueName('name')];
  const program = 'trap "exit 0" TERM; while :; do sleep 0.05; done';
  await runTspod(['create', '--name', name, ...NONE, 'busybox', 'sh', '-c', program]);
  const since = now();
  await runTspod(['init', name]);
  await runTspod(['start', name]);
  await runTspod(['exec', name, 'false'], { expectCode: 1 });
  await runTspod(['exec', '--detach', name, 'true']);
  const exec = ['exec', 'exec_died', 'exec', 'exec_died'];
  await words(since, 'container exec_died');
  await runTspod(['rename', name, other]);
  await runTspod(['restart', other]);
  await runTspod(['kill', other]);
  await runTspod(['wait', other]);
  await runTspod(['start', other]);
  await runTspod(['stop', other]);
  await runTspod(['rm', other]);
  const found = await eventsSince(since, '--filter', 'type=container');
  assert.deepEqual(
    found.map(({ Status }) => Status),
    [
      ...['init', 'start', ...exec, 'rename', 'restart', 'died', 'init', 'start', 'kill', 'died', 'cleanup'],
      ...['init', 'start', 'stop', 'died', 'cleanup', 'remove'],
    ],
  );
  const renamed = found.findIndex(({ Status }) => Status === 'rename');
  assert.ok(found.every(({ Name }, index) => Name === (index < renamed ? name : other)));
  assert.deepEqual(
    found.flatMap(({ ContainerExitCode: code }) => (code === undefined ? [] : [code])),
    [1, 0, 0, 128 + 9, 0, 0],
  );
});

test('a container that is restarted by its policy tells of each run; rm of a running one is no clean-up', async () => {
  const name = uniqueName('again');
  const since = now();
  await runTspod(['run', '-d', '--name', name, '--restart', 'on-failure:1', ...NONE, 'busybox', 'false']);
  assert.deepEqual((await words(since, 'container cleanup')).slice(1), [
    ...['create', 'init', 'start', 'died', 'restart', 'init', 'start', 'died', 'cleanup'].map(
      (word) => `container ${word}`,
    ),
  ]);
  await runTspod(['rm', name]);
  await runTspod(['run', '-d', '--name', name, ...NONE, 'busybox', 'sleep', '1000']);
  const late = now();
  await runTspod(['rm', '-f', '-t', '0', name]);
  const atTheEnd = (await words(late, 'container remove')).slice(-2);
  assert.deepEqual(atTheEnd, ['container died', 'container remove']);
});

test('a run that fails is told: the pull, or the container that was made', async () => {
  const since = now();
  await runTspod(['run', '--pull', 'never', 'no-such-image'], { expectCode: 125 });
  await runTspod(['run', '--rm', ...NONE, 'busybox', '/nowhere'], { expectCode: 127 });
  assert.deepEqual(await words(since, 'container remove'), [
    'image pull-error',
    'image pull',
    'container create',
    'container remove',
  ]);
});

test('images and volumes tell of themselves', async () => {
  const [volume, image] = [uniqueName('volume'), `localhost/${uniqueName('image')}:1`];
  const archive = join(testFolder(), 'image.tar');
  const container = uniqueName('from');
  await runTspod(['create', '--name', container, ...NONE, 'busybox', 'true']);
  const since = now();
  await runTspod(['volume', 'create', volume]);
  await runTspod(['volume', 'prune', '--all', '--force']);
  await runTspod(['commit', container, image]);
  await runTspod(['save', '-o', archive, image]);
  await runTspod(['tag', image, `${image}2`]);
  await runTspod(['untag', image, `${image}2`]);
  await runTspod(['rmi', image]);
  await runTspod(['load', '-i', archive]);
  await runTspod(['rmi', image]);
  await runTspod(['container', 'prune', '--force']);
  const found = await eventsSince(since);
  assert.deepEqual(
    found.map(({ Type, Status, Name }) => `${Type} ${Status} ${Name}`),
    [
      ...['create', 'remove', 'prune'].map((word) => `volume ${word} ${volume}`),
      `container commit ${container}`,
      `image save ${archive}`,
      `image tag ${image}2`,
      `image untag ${image}2`,
      `image untag ${image}`,
      `image remove ${image}`,
      `image loadfromarchive ${archive}`,
      `image untag ${image}`,
      `image remove ${image}`,
      `container remove ${container}`,
    ],
  );
});

test('events follows what happens, over a rotation, until its time is over', async () => {
  const file = join(testFolder(), 'events');
  const conf = join(testFolder(), 'containers.conf');
  writeFileSync(conf, `[engine]\nevents_logfile_path = "${file}"\nevents_logfile_max_size = "700"\n`);
  const env = { CONTAINERS_CONF: conf };
  const format = '{{.Status}} {{.Name}}';
  const names = Array.from({ length: 8 }, () => uniqueName('followed'));
  const following = startTspod(['events', '--filter', 'type=volume', '--format', format], { env });
  const ending = startTspod(['events', '--until', '20s', '--filter', 'event=remove', '--format', format], {
    env,
  });
  try {
    // nobody tells when it listens: what is made until it is heard of is not counted
    await waitFor('events are followed', async () => {
      const name = uniqueName('first');
      await runTspod(['volume', 'create', name], { env });
      await runTspod(['volume', 'rm', name], { env });
      return following.stdout() !== '';
    });
    for (const name of names) await runTspod(['volume', 'create', name], { env });
    await waitFor('all is told', () => following.stdout().includes(names.at(-1) as string));
    const told = following
      .stdout()
      .split('\n')
      .filter((line) => line.includes('followed'));
    assert.deepEqual(
      told,
      names.map((name) => `create ${name}`),
    );
    assert.ok(statSync(`${file}.1`).size <= 700 && statSync(file).size <= 700);
    await runTspod(['volume', 'rm', ...names], { env });
    const { stdout, code } = await ending.finished;
    assert.equal(code, 0);
    for (const name of names) assert.ok(stdout.includes(`remove ${name}\n`));
  } finally {
    following.child.kill('SIGKILL');
    ending.child.kill('SIGKILL');
    await Promise.all([following.finished, ending.finished]);
  }
});

test('a torn line is passed over, also by the next container; the store finds nothing wrong with the file', async () => {
  const file = join(testHome().home, '.local/share/tspod/events.jsonl');
  appendFileSync(file, '{"Name":"torn');
  const since = now();
  await runTspod(['run', '--rm', ...NONE, 'busybox', 'true']);
  assert.equal((await words(since, 'container remove')).length, 7);
  assert.match(readFileSync(file, 'utf8'), /^\{"Name":"torn$/m);
  await runTspod(['system', 'check']);
});

test('--events-backend none keeps nothing, whoever would write it', async () => {
  const since = now();
  await runTspod(['--events-backend', 'none', 'run', '--rm', ...NONE, 'busybox', 'true']);
  assert.deepEqual(await eventsSince(since), []);
  const name = uniqueName('volume');
  await runTspod(['--events-backend', 'none', 'volume', 'create', name]);
  await runTspod(['--events-backend', 'none', 'volume', 'rm', name]);
  assert.deepEqual(await eventsSince(since), []);
});

test('lines are those of Podman', async () => {
  const name = uniqueName('line');
  const since = now();
  await runTspod(['create', '--name', name, '--label', 'a=b', ...NONE, 'busybox', 'true']);
  await runTspod(['rm', name]);
  const args = ['events', '--stream=false', '--since', since, '--filter', 'type=container'];
  const [line = ''] = (await runTspod(args)).stdout.split('\n');
  assert.match(
    line,
    new RegExp(
      `^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+ \\+0000 UTC container create [0-9a-f]{64} ` +
        `\\(image=localhost/busybox:latest, name=${name}, a=b\\)$`,
    ),
  );
  assert.match((await runTspod([...args, '--no-trunc=false'])).stdout, / container create [0-9a-f]{12} \(/);
  const format = '{{.ContainerExitCode}}|{{.Network}}|{{.Attributes}}|{{.HealthStatus}}|{{.Error}}';
  assert.match((await runTspod([...args, '--format', format])).stdout, /^<nil>\|\|map\[a:b\]\|\|\n/);
});

const refused: [string[], RegExp][] = [
  [['--filter', 'foo=bar'], /failed to parse event filters: foo is an invalid filter/],
  [['--since', 'nope'], /unable to convert since time of nope: unable to interpret time value/],
  [['--until', 'nope'], /unable to convert until time of nope: unable to interpret time value/],
  [['--format', '{{.Nope}}', '--since', '100h'], /can't evaluate field Nope/],
  [['--format', '{{.ID'], /unclosed action/],
  [['--format', 'table {{.ID}}'], /not as a table/],
  [['more'], /takes no arguments/],
  [['--events-backend', 'none'], /cannot read events with the "none" backend/],
  [['--events-backend', 'nope'], /--events-backend/],
];

for (const [args, message] of refused)
  test(`events ${args.join(' ')} is an error of one line`, async () => {
    const { stderr } = await runTspod(['events', '--stream=false', ...args], { expectCode: 125 });
    assert.match(stderr, message);
  });

test('a journal that is not there, and a logger that nobody knows, are named', async () => {
  const conf = join(testFolder(), 'containers.conf');
  writeFileSync(conf, '[engine]\nevents_logger = "nowhere"\n');
  const { stderr } = await runTspod(['start', 'x'], { expectCode: 125, env: { CONTAINERS_CONF: conf } });
  assert.match(stderr, /events_logger: "nowhere" is not known/);
  if (existsSync('/run/systemd/journal/socket')) return;
  const journal = await runTspod(['--events-backend', 'journald', 'ps'], { expectCode: 125 });
  assert.match(journal.stderr, /--events-backend journald: there is no journal/);
});
