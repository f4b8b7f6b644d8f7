import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { runTspod, startTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { waitFor } from '../helpers/wait-for';

const [made, runs] = [uniqueName('made'), uniqueName('runs')];

before(async () => {
  const storage = ['-v', '/etc/hostname:/hn:ro', '--tmpfs', '/t'];
  const about = ['-l', 'a=b', '--expose', '55', '--annotation', 'c=d'];
  await runTspod(['create', '--name', made, '--network', 'none', ...storage, ...about, 'busybox', 'true']);
  await runTspod(['run', '-d', '--name', runs, '--network', 'none', 'busybox', 'sleep', '100']);
});

/** A template for `ps` of the created container, and what it prints. */
const templates: readonly (readonly [string, RegExp])[] = [
  ['{{.Names}} {{.Image}} {{.Command}}', new RegExp(`^${made} localhost/busybox:latest true$`)],
  ['{{.Status}} {{.State}} {{.Exited}} {{.ExitCode}}', /^Created created false 0$/],
  ['{{.Mounts}} {{.Labels}}', /^\[\/hn \/t\] map\[a:b\]$/],
  ['{{.Label "a"}} {{index .Labels "a"}}', /^b b$/],
  ['{{.Ports}} {{.Pid}} {{.Restarts}} {{.AutoRemove}}', /^55\/tcp 0 0 false$/],
  ['{{upper .State}} {{printf "%5s" "x"}} {{len .ID}}', /^CREATED {5}x 12$/],
  ['{{if .Exited}}yes{{else}}no{{end}}', /^no$/],
];

for (const [template, expected] of templates) {
  test(`ps --format '${template}'`, async () => {
    const { stdout } = await runTspod(['ps', '-a', '--filter', `name=${made}`, '--format', template]);
    assert.match(stdout.trimEnd(), expected);
  });
}

test('ps --format table has headings, --noheading has none', async () => {
  const ps = ['ps', '-a', '--filter', `name=${made}`, '--format', 'table {{.Names}} {{.Status}}'];
  assert.match((await runTspod(ps)).stdout, new RegExp(`^NAMES +STATUS\n${made} +Created\n$`));
  assert.match((await runTspod([...ps, '--noheading'])).stdout, new RegExp(`^${made} +Created\n$`));
});

test('ps --format json has the keys of Podman', async () => {
  const { stdout } = await runTspod(['ps', '-a', '--filter', `name=${made}`, '--format', 'json']);
  const [row] = JSON.parse(stdout) as Record<string, unknown>[];
  const keys =
    'AutoRemove CIDFile Command Created CreatedAt ExitCode Exited ExitedAt ExposedPorts Id Image ImageID IsInfra Labels ' +
    'Mounts Names Namespaces Networks Pid Pod PodName Ports Restarts Size StartedAt State Status';
  assert.deepEqual(Object.keys(row ?? {}).sort(), keys.split(' ').sort());
  assert.deepEqual(row?.['Names'], [made]);
  assert.deepEqual(row?.['Mounts'], ['/hn', '/t']);
});

test("ps {{json .}} is Podman's record, and the namespaces have fields of their own", async () => {
  const ps = async (format: string): Promise<string> =>
    (await runTspod(['ps', '--filter', `name=${runs}`, '--format', format])).stdout;
  const row = JSON.parse(await ps('{{json .}}')) as Record<string, unknown>;
  assert.deepEqual(row['Command'], ['sleep', '100']);
  assert.match(String(row['Created']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(row['ID'], undefined);
  assert.match(await ps('{{.Cgroup}} {{.User}}'), /^\d+ \d+\n$/);
});

test('ps --watch prints again and again, and --external finds nothing more', async () => {
  const watching = startTspod(['ps', '-q', '--external', '--filter', `name=${runs}`, '--watch', '1']);
  await waitFor('two lists', () => watching.stdout().split('\n').length > 2);
  watching.child.kill('SIGTERM');
  assert.equal(new Set((await watching.finished).stdout.trim().split('\n')).size, 1);
});

test('ps filters', async () => {
  const names = async (...filters: string[]): Promise<string> => {
    const options = filters.flatMap((filter) => ['--filter', filter]);
    return (await runTspod(['ps', '-a', ...options, '--format', '{{.Names}}'])).stdout.trim();
  };
  assert.equal(await names('status=running'), runs);
  assert.equal(await names('label=a=b'), made);
  assert.equal(await names('label!=a'), runs);
  assert.equal(await names('volume=/hn'), made);
  assert.equal(await names(`since=${made}`), runs);
  assert.equal(await names(`before=${runs}`), made);
  assert.equal(await names(`name=${made}`, 'status=running'), '');
  for (const wrong of ['status=bad', 'bad=bad', 'bad'])
    await runTspod(['ps', '--filter', wrong], { expectCode: 125 });
});

test('ps --last, --latest, --sort and -q', async () => {
  const names = async (...options: string[]): Promise<string[]> =>
    (await runTspod(['ps', ...options, '--format', '{{.Names}}'])).stdout.trim().split('\n');
  assert.deepEqual(await names('-a', '--sort', 'names'), [made, runs].sort());
  assert.deepEqual(await names('--last', '1'), [runs]);
  assert.deepEqual(await names('--last', '0'), [runs]);
  assert.deepEqual(await names('--latest'), [runs]);
  assert.match((await runTspod(['ps', '-aq', '--no-trunc'])).stdout, /^([0-9a-f]{64}\n){2}$/);
  await runTspod(['ps', '--sort', 'bad'], { expectCode: 125 });
  await runTspod(['ps', '-l', '-n', '2'], { expectCode: 125 });
});

test('a field that is not there is told of, with the nearest one', async () => {
  for (const command of [['ps', '-a'], ['images'], ['inspect', made]]) {
    const { stderr } = await runTspod([...command, '--format', '{{.Nosuch}}'], { expectCode: 125 });
    assert.match(stderr, /can't evaluate field Nosuch/);
  }
});

test('inspect --format: templates, json and several objects', async () => {
  const inspect = async (format: string): Promise<string> =>
    (await runTspod(['inspect', made, '--format', format])).stdout.trim();
  assert.equal(await inspect('{{.Name}} {{.State.Status}} {{.Path}} {{.Args}}'), `${made} created true []`);
  assert.equal(await inspect('{{json .Config.Labels}}'), '{"a":"b"}');
  assert.equal(await inspect('{{range .Mounts}}{{.Type}} {{.Destination}} {{.RW}}{{end}}'), 'bind /hn false');
  assert.equal(await inspect('{{index .Config.Annotations "c"}}'), 'd');
  const { stdout, stderr } = await runTspod(['inspect', made, 'nosuch', runs], { expectCode: 125 });
  assert.equal((JSON.parse(stdout) as unknown[]).length, 2);
  assert.match(stderr, /nosuch/);
});

test('images and image inspect: templates, json, filters', async () => {
  const format = '{{.Repository}}:{{.Tag}} {{.ReadOnly}}';
  const { stdout } = await runTspod(['images', '--filter', 'reference=busybox', '--format', format]);
  assert.equal(stdout, 'localhost/busybox:latest false\n');
  const [image] = JSON.parse((await runTspod(['images', '--format', 'json'])).stdout) as Record<
    string,
    unknown
  >[];
  for (const key of [
    'Id',
    'ParentId',
    'RepoTags',
    'RepoDigests',
    'Size',
    'Created',
    'CreatedAt',
    'Names',
    'Digest',
  ])
    assert.ok(key in (image ?? {}), key);
  const inspected = await runTspod([
    'image',
    'inspect',
    '--format',
    '{{.Os}} {{.Config.Cmd}} {{.RepoTags}}',
    'busybox',
  ]);
  assert.equal(inspected.stdout, 'linux [sh] [localhost/busybox:latest]\n');
});

test('top takes descriptors, and options without a dash for the ps of the image', async () => {
  assert.match((await runTspod(['top', runs, 'pid,args'])).stdout, /^PID +COMMAND\n1 +sleep 100\n$/);
  assert.match((await runTspod(['top', runs, 'aux'])).stdout, /^PID +USER/);
  await runTspod(['top', runs, 'bad'], { expectCode: 125 });
});
