import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

const RUN = ['run', '--rm', '--network', 'none'];

/** What is asked for, the script, what it prints. */
const prints: readonly (readonly [string, readonly string[], string, RegExp])[] = [
  ['an empty --workdir is that of the image', ['-w', ''], 'pwd', /^\/\n$/],
  ['--user takes a number that passwd lacks, and adds it there', ['-u', '1234'], 'whoami', /^1234\n$/],
  [
    '--passwd-entry and --group-entry are the lines that are added',
    [
      ...['-u', '1234:55', '--passwd-entry', '$USERNAME:x:$UID:$GID:$NAME:$HOME:/bin/ash'],
      ...['--group-entry', 'crew:x:$GID:$USERLIST,$GROUPNAME,$OTHER'],
    ],
    'tail -n 1 /etc/passwd /etc/group',
    /^1234:x:1234:55:container user:\/:\/bin\/ash$[^]*^crew:x:55:1234,55,\$OTHER$/m,
  ],
  ['--user takes a group', ['-u', '5:6'], 'id -u; id -g', /^5\n6\n$/],
  ['--group-add adds groups', ['--group-add', '7', '--group-add', '99'], 'id -G', /\b7 .*99\n$/],
  [
    '--ulimit sets soft and hard limits',
    ['--ulimit', 'nofile=99:100'],
    'ulimit -n; ulimit -Hn',
    /^99\n100\n$/,
  ],
  [
    '--ulimit -1 is as much as the user may have',
    ['--ulimit', 'nofile=-1'],
    'ulimit -n',
    /^(\d{3,}|unlimited)\n$/,
  ],
  ['--umask sets the mask', ['--umask', '077'], 'umask', /^0077\n$/],
  ['--tz sets the zone', ['--tz', 'UTC'], 'date +%Z', /^UTC\n$/],
  ['--init reaps for the program', ['--init'], 'test $$ -ne 1 && echo child', /^child\n$/],
  [
    '--unsetenv takes a variable away',
    ['-e', 'A=1', '-e', 'B=2', '--unsetenv', 'container'],
    'env | grep -c container',
    /^0\n$/,
  ],
  [
    '--unsetenv-all leaves what was asked for, the home and the host name',
    ['-e', 'A=1', '--unsetenv-all'],
    'tr "\\000" "\\n" </proc/1/environ | cut -d= -f1 | sort | tr "\\n" " "',
    /^A HOME HOSTNAME $/,
  ],
  ['--oom-score-adj is set', ['--oom-score-adj', '100'], 'cat /proc/self/oom_score_adj', /^100\n$/],
  ['--cap-drop all leaves none', ['--cap-drop', 'all'], 'grep CapEff /proc/self/status', /0{16}\n$/],
];

for (const [name, options, script, expected] of prints) {
  test(name, async () => {
    const { stdout } = await runTspod([...RUN, ...options, 'busybox', 'sh', '-c', script], {
      expectCode: null,
    });
    assert.match(stdout, expected);
  });
}

/** Options that contradict themselves or mean nothing, and what is said. */
const refused: readonly (readonly [readonly string[], RegExp])[] = [
  [['--group-add', 'keep-groups', '--group-add', '5'], /keep-groups/],
  [['--ulimit', 'nofile=5:2'], /nofile/],
  [['--restart', 'always'], /--rm option conflicts/],
  [['--dns', 'none', '--dns', '1.1.1.1'], /none is not allowed/],
  [['--dns', 'nowhere'], /not an ip address/],
  [['--stop-signal', '999'], /signal/i],
  [['--env-file', '/nonexistent'], /no such file/],
  [['--cap-add', 'nonsense'], /nonsense/i],
  [['--oom-score-adj', '-999'], /only root may lower it[^]*^hint: --oom-score-adj -?\d+ or more$/m],
];

test('options that cannot work are refused with 125, and named', async () => {
  for (const [options, expected] of refused) {
    const { stderr } = await runTspod([...RUN, ...options, 'busybox', 'true'], { expectCode: 125 });
    assert.match(stderr, expected);
  }
});

test('--env-file: comments, quotes and names without a value', async () => {
  const path = `${testFolder()}/env`;
  writeFileSync(path, '# comment\nA=1\n  B="quoted"\nTAKEN\nMISSING\nC=a=b # kept\n');
  const { stdout } = await runTspod(
    [
      ...RUN,
      '--env-file',
      path,
      '-e',
      'A=2',
      'busybox',
      'sh',
      '-c',
      'env | grep -E "^(A|B|C|TAKEN|MISSING)="',
    ],
    { env: { TAKEN: 'from the caller' } },
  );
  const lines = stdout.trim().split('\n').sort();
  assert.deepEqual(lines, ['A=2', 'B="quoted"', 'C=a=b # kept', 'TAKEN=from the caller']);
});

test('the program and its exit status: 125, 126, 127, its own, 128 and the signal', async () => {
  const cases: [string[], number][] = [
    [['nosuchprogram'], 127],
    [['/etc/passwd'], 126],
    [['sh', '-c', 'exit 42'], 42],
  ];
  for (const [argv, expectCode] of cases) await runTspod([...RUN, 'busybox', ...argv], { expectCode });
  await runTspod([...RUN, '--init', 'busybox', 'sh', '-c', 'kill -9 $$'], { expectCode: 137 });
  await runTspod([...RUN, '-w', '/missing', 'busybox', 'true'], { expectCode: 126 });
  await runTspod([...RUN, '--nosuchflag', 'busybox', 'true'], { expectCode: 125 });
});

test('--cidfile and --pidfile are written; the id file goes with the container', async () => {
  const folder = testFolder();
  const name = uniqueName();
  const files = ['--cidfile', `${folder}/cid`, '--pidfile', `${folder}/pid`];
  const { stdout } = await runTspod(words`run -d --name ${name} --network none ${files} busybox sleep 60`);
  assert.equal(readFileSync(`${folder}/cid`, 'utf8').trim(), stdout.trim());
  assert.ok(existsSync(`/proc/${readFileSync(`${folder}/pid`, 'utf8').trim()}`));
  await runTspod(['rm', '-f', '-t', '0', name]);
  assert.equal(existsSync(`${folder}/cid`), false);
});

test('--replace takes the place of a running container', async () => {
  const name = uniqueName();
  const run = ['run', '-d', '--name', name, '--network', 'none', '--stop-timeout', '0'];
  const first = await runTspod([...run, 'busybox', 'sleep', '60']);
  const second = await runTspod([...run, '--replace', 'busybox', 'sleep', '60']);
  assert.notEqual(first.stdout, second.stdout);
  const { stdout } = await runTspod(['inspect', '--format', '{{.Id}}', name]);
  assert.equal(stdout, second.stdout);
  await runTspod(['rm', '-f', '-t', '0', name]);
});

test('every try of a foreground run that restarts is shown (Podman shows the first one only)', async () => {
  const name = uniqueName();
  const run = ['run', '--name', name, '--network', 'none', '--restart', 'on-failure:2'];
  const { stdout } = await runTspod([...run, 'busybox', 'sh', '-c', 'echo try; exit 3'], { expectCode: 3 });
  assert.equal(stdout, 'try\ntry\ntry\n');
  const { stdout: count } = await runTspod(['inspect', '--format', '{{.RestartCount}}', name]);
  assert.equal(count, '2\n');
  await runTspod(['rm', name]);
});

test('an unknown log option is refused (Podman passes over it)', async () => {
  const { stderr } = await runTspod([...RUN, '--log-opt', 'max-sice=1m', 'busybox', 'true'], {
    expectCode: 125,
  });
  assert.match(stderr, /max-sice/);
});

test('--cgroup-conf writes a file of the control group, and --cgroups=disabled makes none', async () => {
  const names = [uniqueName(), uniqueName()] as const;
  const start = (name: string, option: string, expectCode: number | null = 0) =>
    runTspod(['run', '-d', '--name', name, '--network', 'none', option, 'busybox', 'sleep', '1000'], {
      expectCode,
    });
  const groupOf = async (name: string): Promise<string> => {
    const { stdout } = await runTspod(['inspect', '--format', '{{.State.Pid}}', name]);
    return /^0::(.*)$/m.exec(readFileSync(`/proc/${stdout.trim()}/cgroup`, 'utf8'))?.[1] ?? '';
  };
  const { code, stdout, stderr } = await start(names[0], '--cgroup-conf=cgroup.max.descendants=5', null);
  if (code === 0) {
    const group = await groupOf(names[0]);
    assert.ok(group.includes(stdout.trim()), group);
    const mount = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(`${path}${group}`));
    assert.equal(readFileSync(`${mount}${group}/cgroup.max.descendants`, 'utf8'), '5\n');
  } else assert.match(stderr, /--cgroup-conf cgroup\.max\.descendants cannot be applied[^]*^hint: /m);
  const { stdout: id } = await start(names[1], '--cgroups=disabled');
  assert.equal((await groupOf(names[1])).includes(id.trim()), false);
  const unknown = await start(uniqueName(), '--cgroup-conf=nosuch.file=5', 125);
  assert.match(unknown.stderr, /--cgroup-conf nosuch\.file cannot be applied/);
  await runTspod(['rm', '-f', '-t', '0', ...names]);
});
