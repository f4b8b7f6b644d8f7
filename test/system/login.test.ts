import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { answers } from '../helpers/fault-answer';
import { startFaultServer } from '../helpers/fault-server';
import { registryUser, startRegistry } from '../helpers/registry';
import type { TestRegistry } from '../helpers/registry';
import { testFolder, testHome } from '../helpers/test-home';
import { tspodProgram } from '../helpers/project';
import { runTspod, startTspod } from '../helpers/tspod';
import { waitFor } from '../helpers/wait-for';

const { username, password } = registryUser;
const entry = { auth: Buffer.from(`${username}:${password}`).toString('base64') };

let plain: Promise<TestRegistry> | undefined;
const registry = (): Promise<TestRegistry> => (plain ??= startRegistry({ auth: 'htpasswd' }));
const authFile = (): string => join(testHome().runtime, 'containers/auth.json');
const readAuths = (path = authFile()): object =>
  (JSON.parse(readFileSync(path, 'utf8')) as { auths: object }).auths;

test('login keeps credentials that the registry accepts, get-login tells them, logout removes them', async () => {
  const { host } = await registry();
  const flags = ['--tls-verify=false', '-u', username];
  const { stdout } = await runTspod(['login', ...flags, '--password-stdin', '-v', host], {
    stdin: `${password}\n`,
  });
  assert.equal(stdout, `Used:  ${authFile()}\nLogin Succeeded!\n`);
  assert.deepEqual(readAuths(), { [host]: entry });
  assert.equal(statSync(authFile()).mode & 0o777, 0o600);
  assert.equal((await runTspod(['login', '--get-login', host])).stdout, `${username}\n`);
  assert.equal((await runTspod(['login', '--get-login', `${host}/team/web`])).stdout, `${username}\n`);
  const again = await runTspod(['login', '--tls-verify=false', host]);
  assert.equal(
    again.stdout,
    `Authenticating with existing credentials for ${host}\nExisting credentials are valid. Already logged in to ${host}\n`,
  );
  assert.equal((await runTspod(['logout', host])).stdout, `Removed login credentials for ${host}\n`);
  assert.deepEqual(readAuths(), {});
  const gone = await runTspod(['login', '--get-login', host], { expectCode: 125 });
  assert.match(gone.stderr, new RegExp(`^Error: not logged into ${host}\n`));
  await runTspod(['logout', host], { expectCode: 125 });
});

test('login takes the password from a secret, and without a user its name', async () => {
  const { host } = await registry();
  await runTspod(['secret', 'create', username, '-'], { stdin: password });
  for (const flags of [[], ['-u', username]]) {
    await runTspod(['login', '--tls-verify=false', '--secret', username, ...flags, host]);
    assert.deepEqual(readAuths(), { [host]: entry });
    await runTspod(['logout', host]);
  }
});

test('login keeps nothing that the registry does not accept, and says no password', async () => {
  const { host } = await registry();
  const args = ['login', '--tls-verify=false', '-u', username, '-p', 'wrong-s3cret', host];
  const { stderr, stdout } = await runTspod(args, { expectCode: 125 });
  assert.equal(stdout, '');
  assert.match(stderr, new RegExp(`^Error: logging into "${host}": invalid username/password\n`));
  assert.doesNotMatch(stderr, /s3cret/);
  assert.equal((await runTspod(['login', '--get-login', host], { expectCode: 125 })).stdout, '');
});

test('login keeps nothing where a web server answers everything', async () => {
  const server = await startFaultServer();
  server.fault({ path: /./, answer: answers.html() });
  const args = ['login', '--tls-verify=false', '-u', username, '-p', password, server.host];
  const { stderr } = await runTspod(args, { expectCode: 125 });
  assert.match(stderr, /the answer is a web page \(html\) instead of one of a registry\nhint: check that/);
  await runTspod(['login', '--get-login', server.host], { expectCode: 125 });
});

test('login keeps credentials of a path beside those of its registry', async () => {
  const { host } = await registry();
  const file = join(testFolder(), 'auth.json');
  const flags = ['--authfile', file, '--tls-verify=false', '-u', username, '-p', password];
  await runTspod(['login', ...flags, `https://${host}/v2/`]);
  await runTspod(['login', ...flags, `${host}/team/web`]);
  assert.deepEqual(readAuths(file), { [host]: entry, [`${host}/team/web`]: entry });
  await runTspod(['logout', '--authfile', file, `${host}/team/web`]);
  assert.deepEqual(readAuths(file), { [host]: entry });
  assert.equal(
    (await runTspod(['logout', '--authfile', file, '--all'])).stdout,
    'Removed login credentials for all registries\n',
  );
  assert.deepEqual(readAuths(file), {});
});

test("login changes the file of REGISTRY_AUTH_FILE, of DOCKER_CONFIG, or in Docker's format", async () => {
  const { host } = await registry();
  const folder = testFolder();
  const login = ['login', '--tls-verify=false', '-u', username, '-p', password];
  await runTspod([...login, host], { env: { REGISTRY_AUTH_FILE: `${folder}/a.json` } });
  await runTspod([...login, host], { env: { DOCKER_CONFIG: `${folder}/docker` } });
  await runTspod([...login, '--compat-auth-file', `${folder}/c.json`, host]);
  for (const file of ['a.json', 'docker/config.json', 'c.json']) {
    assert.deepEqual(readAuths(join(folder, file)), { [host]: entry });
  }
  const { stderr } = await runTspod([...login, '--compat-auth-file', `${folder}/c.json`, `${host}/x`], {
    expectCode: 125,
  });
  assert.match(stderr, /cannot be recorded in Docker-compatible format with namespaced key/);
});

test('login takes the certificate of the authority from --cert-dir or certs.d', async () => {
  const { host, certificates } = await startRegistry({ auth: 'htpasswd', tls: true });
  const ca = readFileSync(certificates?.ca ?? '');
  const args = ['login', '-u', username, '-p', password, host];
  const refused = await runTspod(args, { expectCode: 125 });
  assert.match(refused.stderr, new RegExp(`^Error: authenticating credentials for "${host}": `));
  const folder = testFolder('certs');
  writeFileSync(join(folder, 'ca.crt'), ca);
  await runTspod(['login', '--cert-dir', folder, ...args.slice(1)]);
  const own = join(testHome().home, '.config/containers/certs.d', host);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'ca.crt'), ca);
  await runTspod(args);
  writeFileSync(join(own, 'client.cert'), ca);
  const broken = await runTspod(args, { expectCode: 125 });
  assert.match(broken.stderr, /client\.cert" has no "client\.key" beside it/);
});

test('login asks a token server as the registry says', async () => {
  const { host } = await startRegistry({ auth: 'token' });
  const login = (secret: string, expectCode: number) =>
    runTspod(['login', '--tls-verify=false', '-u', username, '-p', secret, host], { expectCode });
  await login(password, 0);
  assert.match((await login('wrong', 125)).stderr, /invalid username\/password/);
  await runTspod(['logout', host]);
});

test('login gives credentials to the helper of registries.conf', async () => {
  const { host } = await registry();
  const folder = testFolder('helper');
  const helper = join(folder, 'docker-credential-tspodtest');
  writeFileSync(
    helper,
    `#!/bin/sh\ncase $1 in store) cat > ${folder}/kept ;; get) cat ${folder}/kept 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;; erase) rm ${folder}/kept ;; esac\n`,
    { mode: 0o755 },
  );
  const conf = join(folder, 'registries.conf');
  writeFileSync(conf, `credential-helpers = ["tspodtest"]\nunqualified-search-registries = ["${host}"]\n`);
  const env = { CONTAINERS_REGISTRIES_CONF: conf, PATH: `${folder}:${process.env['PATH']}` };
  const login = ['login', '--tls-verify=false', '-v', '-u', username, '-p', password];
  const { stdout } = await runTspod(login, { env });
  assert.equal(stdout, 'Used:  credential helper: tspodtest\nLogin Succeeded!\n');
  assert.deepEqual(JSON.parse(readFileSync(`${folder}/kept`, 'utf8')), {
    ServerURL: host,
    Username: username,
    Secret: password,
  });
  assert.equal((await runTspod(['login', '--get-login'], { env })).stdout, `${username}\n`);
  await runTspod(['logout'], { env });
  assert.ok(!existsSync(`${folder}/kept`));
});

test('login asks on the terminal for what is missing, and shows no password', async () => {
  const { host } = await registry();
  const command = `${tspodProgram} login --tls-verify=false ${host}`;
  const running = startTspod(['-qec', command, '/dev/null'], { program: 'script' });
  for (const [prompt, answer] of [
    ['Username: ', username],
    ['Password: ', password],
  ] as const) {
    await waitFor(`the prompt ${prompt}`, () => running.stdout().includes(prompt));
    running.child.stdin.write(`${answer}\r`);
  }
  const { code, stdout } = await running.finished;
  assert.equal(code, 0);
  assert.match(stdout, /Login Succeeded!/);
  assert.doesNotMatch(stdout, new RegExp(password));
  await runTspod(['logout', host]);
});

const wrong: readonly { name: string; args: string[]; stdin?: string; message: RegExp }[] = [
  {
    name: 'two passwords',
    args: ['login', '-u', 'a', '-p', 'b', '--password-stdin', 'a.invalid'],
    message: /can't specify both --password-stdin and --password/,
  },
  {
    name: 'a password of nobody',
    args: ['login', '--password-stdin', 'a.invalid'],
    message: /must provide --username with --password-stdin/,
  },
  {
    name: 'two files',
    args: ['login', '--authfile', 'a', '--compat-auth-file', 'b', 'a.invalid'],
    message: /cannot be set at the same time/,
  },
  {
    name: 'a tag',
    args: ['login', '-u', 'a', '-p', 'b', 'a.invalid/x:1'],
    message: /contains tag or digest/,
  },
  { name: 'an upper case path', args: ['login', '-u', 'a', '-p', 'b', 'a.invalid/X'], message: /lower case/ },
  { name: 'an empty registry', args: ['login', ''], message: /image name|registry/ },
  { name: 'a user who is not there to be asked', args: ['login', 'a.invalid'], message: /reading username/ },
  {
    name: 'a password that nobody can type',
    args: ['login', '-u', 'a', 'a.invalid'],
    message: /standard input is not a terminal\nhint: pass it with --password-stdin/,
  },
  {
    name: 'a secret that there is not',
    args: ['login', '--secret', 's', 'a.invalid'],
    message: /no secret with name or id "s"/,
  },
  {
    name: 'a secret and a password',
    args: ['login', '--secret', 's', '-p', 'x', 'a.invalid'],
    message: /--secret can not be used with --password/,
  },
  {
    name: 'all registries and one',
    args: ['logout', '--all', 'a.invalid'],
    message: /--all takes no arguments/,
  },
  {
    name: 'a file that is missing',
    args: ['logout', '--authfile', '/nowhere/auth.json', 'a.invalid'],
    message: /credential file is not accessible/,
  },
];

for (const { name, args, message } of wrong) {
  test(`login and logout reject ${name}`, async () => {
    const { stderr } = await runTspod(args, { expectCode: 125 });
    assert.match(stderr, message);
  });
}

test('login without a registry says that none is configured', async () => {
  const conf = join(testFolder(), 'registries.conf');
  writeFileSync(conf, '');
  const { stderr } = await runTspod(['--registries-conf', conf, 'login', '-u', 'a', '-p', 'b'], {
    expectCode: 125,
  });
  assert.match(stderr, /no registries found in registries.conf, a registry must be provided/);
});
