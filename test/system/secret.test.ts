import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testFolder, testHome } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const image = 'localhost/busybox';
const none = ['--network', 'none'];
const refused = { expectCode: 125 };
const out = async (...args: string[]): Promise<string> => (await runTspod(args)).stdout;
const remove = (...names: string[]) => runTspod(['rm', '-f', '-t', '0', ...names]);

/** A secret with this content; its name. */
async function secret(data: string): Promise<string> {
  const name = uniqueName('secret');
  await runTspod(['secret', 'create', name, '-'], { stdin: data });
  return name;
}

test('secrets are made of files, streams and variables, listed, inspected and removed', async () => {
  const file = join(testFolder(), 'data');
  writeFileSync(file, 'of a <file>');
  const [one, two, three] = [uniqueName('s'), uniqueName('s'), uniqueName('s')];
  const id = (await out('secret', 'create', '-l', 'a=b', '--label', 'c', one, file)).trim();
  assert.match(id, /^[0-9a-f]{25}$/);
  await runTspod(['secret', 'create', two, '-'], { stdin: 'of a stream' });
  await runTspod(['secret', 'create', '--env', three, 'V'], { env: { V: 'of a variable' } });
  const [found] = JSON.parse(await out('secret', 'inspect', '--showsecret', id.slice(0, 10))) as [
    { SecretData: string; Spec: object },
  ];
  assert.equal(found.SecretData, 'of a <file>');
  const path = join(testHome().home, '.local/share/tspod/secrets/filedriver');
  const expected = { Name: one, Driver: { Name: 'file', Options: { path } }, Labels: { a: 'b', c: '' } };
  assert.deepEqual(found.Spec, expected);
  assert.ok(!(await out('secret', 'inspect', one)).includes('SecretData'));
  assert.match(
    await out('secret', 'inspect', '--pretty', one),
    /^ID: +\w+\nName: .*\nLabels:\n - a=b\n - c\nDriver: +file\n/,
  );
  assert.equal(await out('secret', 'ls', '--format', '{{.Name}}'), `${one}\n${two}\n${three}\n`);
  assert.match(
    await out('secret', 'ls', '--filter', `name=^${one}$`),
    /^ID +NAME +DRIVER +CREATED +UPDATED\n\w{25} +\S+ +file +.* ago +.* ago\n$/,
  );
  assert.equal(await out('secret', 'ls', '-q', '--filter', `name=^${one}$`), `${id}\n`);
  await runTspod(['secret', 'exists', one]);
  await runTspod(['secret', 'exists', 'nobody'], { expectCode: 1 });
  assert.equal(await out('secret', 'rm', one), `${id}\n`);
  assert.match(
    (await runTspod(['secret', 'rm', one], refused)).stderr,
    /no secret with name or id ".*": no such secret/,
  );
  await runTspod(['secret', 'rm', '--ignore', one]);
  await runTspod(['secret', 'rm', '--all']);
  assert.equal(await out('secret', 'ls', '-q'), '');
});

test('mistakes are told in one line, with the value', async () => {
  const name = await secret('x');
  const cases: [args: string[], message: RegExp][] = [
    [['secret', 'create', name, '/etc/hostname'], /: secret name in use/],
    [['secret', 'create', 'a/b', '/etc/hostname'], /secret name "a\/b" can not include/],
    [['secret', 'create', 'n', '/missing'], /open \/missing: no such file or directory/],
    [['secret', 'create', '--env', 'n', 'NOT_SET'], /environment variable NOT_SET is not set/],
    [['secret', 'create', '--replace', '--ignore', 'n', '/etc/hostname'], /cannot be used together/],
    [['secret', 'create', '-d', 'shell', 'n', '/etc/hostname'], /missing config value/],
    [['secret', 'rm'], /requires one argument, or the --all flag/],
    [['secret', 'ls', '--filter', 'bad=1'], /invalid filter "bad"/],
    [['secret', 'inspect', 'nobody'], /inspecting secret: no secret with name or id "nobody"/],
    [['run', '--rm', '--secret', 'nobody', image, 'true'], /no secret with name or id "nobody"/],
    [['run', '--rm', '--secret', `${name},mode=9`, image, 'true'], /mode 9 invalid: parsing secret/],
  ];
  for (const [args, message] of cases) assert.match((await runTspod(args, refused)).stderr, message);
  await runTspod(['secret', 'rm', name]);
});

test('a container has secrets as files with their owner and mode, and as variables', async () => {
  const name = await secret('hello');
  const script = `cat /run/secrets/${name} /x/y /run/secrets/r; echo; stat -c '%u:%g %a' /run/secrets/${name} /x/y; echo $${'FOO'} $V`;
  const run = async (...options: string[]): Promise<string> =>
    out('run', '--rm', ...none, ...options, '--env', 'FOO=mine', image, 'sh', '-c', script);
  const secrets = [
    name,
    `${name},target=/x/y,uid=5,gid=6,mode=0640`,
    `${name},target=r`,
    `${name},type=env,target=FOO`,
  ];
  const options = [...secrets, `source=${name},type=env,target=V`].flatMap((text) => ['--secret', text]);
  const expected = 'hellohellohello\n0:0 444\n5:6 640\nhello hello\n';
  assert.equal(await run(...options), expected);
  assert.equal(await run(...options, '--userns', 'keep-id', '--user', 'root'), expected);
  await runTspod(
    ['run', '--rm', ...none, '--secret', name, image, 'sh', '-c', `echo x >/run/secrets/${name}`],
    {
      expectCode: 1,
    },
  );
  await runTspod(['secret', 'rm', name]);
});

test('neither inspect, the record nor an image has what is secret; the container keeps its files when the secret goes', async () => {
  const [file, variable] = [await secret('file-data'), await secret('variable-data')];
  const name = uniqueName('secretive');
  const options = ['--secret', file, '--secret', `${variable},type=env,target=HIDDEN`];
  await runTspod(['run', '-d', '--name', name, ...none, ...options, image, 'sleep', '1000']);
  const told = await out('inspect', name);
  assert.ok(!told.includes('file-data') && !told.includes('variable-data'));
  const [{ Config }] = JSON.parse(told) as [
    { Config: { Env: string[]; Secrets: { Name: string; Mode: number }[] } },
  ];
  assert.ok(Config.Env.includes('HIDDEN=*******'));
  assert.deepEqual(
    Config.Secrets.map(({ Name, Mode }) => [Name, Mode]),
    [[file, 0o444]],
  );
  const id = (await out('inspect', '-f', '{{.Id}}', name)).trim();
  const record = readFileSync(
    join(testHome().home, `.local/share/tspod/containers/${id}/record.json`),
    'utf8',
  );
  assert.ok(!record.includes('-data'));
  assert.equal(
    await out('exec', name, 'sh', '-c', `cat /run/secrets/${file}; echo $HIDDEN`),
    'file-datavariable-data\n',
  );
  const committed = uniqueName('image');
  await runTspod(['commit', '-q', name, committed]);
  assert.equal(
    await out('run', '--rm', ...none, committed, 'sh', '-c', 'ls /run/secrets; echo $HIDDEN'),
    '\n',
  );
  assert.ok(!(await out('image', 'inspect', committed)).includes('variable-data'));
  await runTspod(['secret', 'create', '--replace', variable, '-'], { stdin: 'new' });
  await runTspod(['secret', 'rm', file]);
  await runTspod(['restart', '-t', '0', name]);
  assert.equal(
    await out('exec', name, 'sh', '-c', `cat /run/secrets/${file}; echo $HIDDEN`),
    'file-datanew\n',
  );
  await runTspod(['secret', 'rm', variable]);
  await runTspod(['stop', '-t', '0', name]);
  assert.match((await runTspod(['start', name], refused)).stderr, /no such secret/);
  await remove(name);
  await runTspod(['rmi', committed]);
});

test('the shell driver stores a secret with commands, which a container needs no more once it is made', async () => {
  const folder = join(testFolder(), 's');
  mkdirSync(folder);
  const at = `${folder}/$SECRET_ID`;
  const driver = `list=ls ${folder},lookup=cat ${at},store=cat >${at},delete=rm ${at}`;
  const name = uniqueName('shell');
  const create = ['secret', 'create', '-d', 'shell', '--driver-opts', driver, name, '-'];
  const id = (await runTspod(create, { stdin: 'shell-data' })).stdout.trim();
  assert.equal(readFileSync(join(folder, id), 'utf8'), 'shell-data');
  assert.equal(
    await out('run', '--rm', ...none, '--secret', name, image, 'cat', `/run/secrets/${name}`),
    'shell-data',
  );
  await runTspod(['secret', 'rm', name]);
  assert.equal(execFileSync('ls', [folder]).toString(), '');
});
