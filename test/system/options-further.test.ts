import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';
import { words } from '../helpers/words';

const RUN = ['run', '--rm', '--network', 'none'];
const sh = (options: readonly string[], script: string, expectCode = 0) =>
  runTspod([...RUN, ...options, 'busybox', 'sh', '-c', script], { expectCode });

test('an image is mounted read-only, or as a copy that is thrown away; a part of it only inside it', async () => {
  const image = 'type=image,src=busybox,dst=/img';
  assert.match((await sh(['--mount', image], 'ls /img/bin/sh; touch /img/x', 1)).stderr, /Read-only/);
  const name = uniqueName();
  const script = 'ls /img/made; mkdir /img/made; chown 5:5 /img/made; chmod 700 /img/made';
  await runTspod(
    words`create --name ${name} --network=none --mount ${image},rw=true busybox sh -c ${script}`,
  );
  for (let start = 0; start < 2; start++)
    assert.match((await runTspod(['start', '--attach', name])).stderr, /\/img\/made: No such file/);
  const { stdout } = await runTspod([
    'inspect',
    name,
    '--format',
    '{{range .Mounts}}{{.Type}} {{.Source}} {{.RW}}{{end}}',
  ]);
  assert.equal(stdout, 'image busybox true\n');
  await runTspod(['rm', name]);
  const part = await sh(['--mount', `${image},subpath=/etc`, '--userns=keep-id'], 'ls /img/passwd');
  assert.equal(part.stdout, '/img/passwd\n');
  assert.match((await sh(['--mount', `${image},subpath=../..`], 'true', 126)).stderr, /is outside of/);
  assert.match(
    (await sh(['--mount', 'type=image,src=nosuch:x,dst=/img'], 'true', 125)).stderr,
    /nosuch:x: image not known/,
  );
});

test('the layers of an image that a container mounts outlive the image', async () => {
  const [tag, name] = [`localhost/${uniqueName()}`, uniqueName()];
  const made = uniqueName();
  await runTspod(['run', '--name', made, '--network=none', 'busybox', 'touch', '/mark']);
  await runTspod(['commit', '--quiet', made, tag]);
  await runTspod(['rm', made]);
  await runTspod([
    'create',
    '--name',
    name,
    '--network=none',
    '--mount',
    `type=image,src=${tag},dst=/img`,
    'busybox',
    'ls',
    '/img/mark',
  ]);
  await runTspod(['rmi', tag]);
  assert.equal((await runTspod(['start', '--attach', name])).stdout, '/img/mark\n');
  await runTspod(['rm', name]);
});

test('a sub-path of a volume follows no link out of it', async () => {
  const volume = uniqueName();
  await sh(
    ['-v', `${volume}:/v`],
    'mkdir -p /v/a/b; echo text >/v/a/b/f; ln -s /etc /v/out; ln -s a/b /v/in',
  );
  const part = (path: string): string[] => ['--mount', `type=volume,src=${volume},dst=/m,subpath=${path}`];
  assert.equal((await sh(part('a/b'), 'cat /m/f')).stdout, 'text\n');
  assert.equal((await sh([...part('in'), '--userns=auto'], 'cat /m/f')).stdout, 'text\n');
  assert.match((await sh(part('out'), 'true', 126)).stderr, /subpath "out" is outside of/);
  assert.match((await sh(part('nosuch'), 'true', 127)).stderr, /subpath "nosuch".*No such file/);
  await runTspod(['volume', 'rm', volume]);
});

test('a pattern mounts every file that it matches', async () => {
  const folder = testFolder();
  for (const name of ['a1', 'a2', 'b']) writeFileSync(`${folder}/${name}`, name);
  assert.equal((await sh(['--mount', `type=glob,src=${folder}/a*,dst=/m,ro`], 'ls /m')).stdout, 'a1\na2\n');
});

test('the option O works in a user namespace with an id map of its own', async () => {
  const folder = testFolder();
  writeFileSync(`${folder}/f`, 'text');
  chmodSync(folder, 0o755);
  assert.equal(
    (await sh(['-v', `${folder}:/o:O,U`, '--userns=auto'], 'cat /o/f; touch /o/n; ls /o')).stdout,
    'textf\nn\n',
  );
  assert.ok(!existsSync(`${folder}/n`));
});

test('--systemd prepares a container for systemd, without being told where it runs it', async () => {
  const { stdout } = await sh(
    ['--systemd=always'],
    'env; grep -E " /(run|tmp|run/lock|var/log/journal) " /proc/mounts',
  );
  assert.match(stdout, /^container_uuid=[0-9a-f]{32}$/m);
  assert.equal(stdout.match(/^tmpfs \/\S+ tmpfs rw,nosuid,nodev/gm)?.length, 4);
  for (const [argv, expected] of [
    [['/sbin/init'], 'SIGRTMIN+3\n'],
    [['sh', '-c', 'systemd'], 'SIGTERM\n'],
  ] as const) {
    const name = uniqueName();
    await runTspod(['create', '--name', name, 'busybox', ...argv]);
    assert.equal((await runTspod(['inspect', name, '--format', '{{.Config.StopSignal}}'])).stdout, expected);
    await runTspod(['rm', name]);
  }
});

test('a personality, users of the host, merged variables and directories of a chroot', async () => {
  assert.equal(
    (await sh(['--personality=LINUX32'], 'uname -m')).stdout,
    process.arch === 'x64' ? 'i686\n' : 'armv8l\n',
  );
  const env = await sh(
    ['--env-merge', 'PATH=/opt:${PATH}', '--env-merge=NEW=${NOSUCH:-x}'],
    'echo $PATH $NEW',
  );
  assert.match(env.stdout, /^\/opt:\/usr.* x$/m);
  const user =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => !line.startsWith('root:'))
      ?.split(':') ?? [];
  const own = await sh(
    ['--hostuser', user[0] ?? '', '-v', '/dev/null:/none'],
    `grep -c "^${user[0]}:" /etc/passwd`,
  );
  assert.equal(own.stdout, '1\n');
  assert.match((await sh(['--hostuser=nosuch'], 'true', 126)).stderr, /unknown user nosuch/);
  const files = await sh(
    ['--chrootdirs=/mnt,srv/x', '--add-host=there:1.2.3.4'],
    'grep -h there /mnt/etc/hosts /srv/x/etc/hosts',
  );
  assert.equal(files.stdout.match(/1\.2\.3\.4/g)?.length, 2);
});

test('--hosts-file takes another file, or none, in the place of that of this machine', async () => {
  const file = `${testFolder()}/hosts`;
  writeFileSync(file, '9.9.9.9 mine\n');
  assert.match((await sh(['--hosts-file', file], 'cat /etc/hosts')).stdout, /^9\.9\.9\.9\s+mine$/m);
  assert.match((await sh(['--hosts-file=none'], 'cat /etc/hosts')).stdout, /^127\.0\.0\.1\s+localhost/m);
  const missing = await sh([`--hosts-file=${file}.not`], 'true', 127);
  assert.match(missing.stderr, /failed to create new hosts file: .*hosts.not/);
  assert.match(
    (await sh(['--hosts-file=image', '--no-hosts'], 'true', 125)).stderr,
    /cannot be set together/,
  );
});

test('what a container requires is started first, and stays as long as it is required', async () => {
  const [base, top] = [uniqueName(), uniqueName()];
  await runTspod(['create', '--name', base, '--network=none', 'busybox', 'sleep', '100']);
  await runTspod(['create', '--name', top, '--network=none', '--requires', base, 'busybox', 'true']);
  assert.match((await runTspod(['rm', base], { expectCode: 125 })).stderr, /has dependent containers/);
  await runTspod(['start', top]);
  assert.equal((await runTspod(['inspect', base, '--format', '{{.State.Status}}'])).stdout, 'running\n');
  await runTspod(['rm', '--force', '--time=0', top, base]);
  assert.match((await sh(['--requires=nosuch'], 'true', 125)).stderr, /"nosuch" is not a valid container/);
});
