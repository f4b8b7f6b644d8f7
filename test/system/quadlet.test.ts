import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { project, tspodProgram } from '../helpers/project';
import { homeEnvironment, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const generator = join(project, 'libexec/tspod-user-generator');
const GOOD =
  '[Container]\nImage=localhost/busybox\nVolume=data.volume:/data\nExec=sleep 100\n\n[Install]\nWantedBy=default.target\n';

/** A folder with these Quadlet files. */
function quadlets(files: Record<string, string>): string {
  const folder = testFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function generate(folder: string, ...args: string[]) {
  const env = { ...homeEnvironment(), QUADLET_UNIT_DIRS: folder };
  return spawnSync(generator, args, { env, encoding: 'utf8', timeout: 60_000 });
}

test('the generator makes units that start this tspod, with the links of [Install]', () => {
  const folder = quadlets({ 'web.container': GOOD, 'data.volume': '[Volume]\n' });
  const units = join(testFolder(), 'generator');
  const { status, stderr } = generate(folder, units, '/is/not/written', '/neither');
  assert.deepEqual([status, stderr], [0, '']);
  const web = readFileSync(join(units, 'web.service'), 'utf8');
  assert.match(
    web,
    new RegExp(`^ExecStart=.*${tspodProgram.replace(/^.*\//, '/')} run --name systemd-%N `, 'm'),
  );
  assert.match(web, /^Requires=data-volume\.service$/m);
  assert.equal(readlinkSync(join(units, 'default.target.wants/web.service')), '../web.service');
  assert.ok(existsSync(join(units, 'data-volume.service')));
});

test('the generator reports a file that is not valid, makes a unit that fails, and the others', () => {
  const folder = quadlets({
    'web.container': `${GOOD}[Contaner]\nA=b\n`,
    'data.volume': '[Volume]\n',
    'p.pod': '[Pod]\n',
    'a.artifact': '[Artifact]\nArtifact=localhost/a\n',
  });
  const units = testFolder();
  const { status, stderr } = generate(folder, units);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /web\.container:9: there is no section \[Contaner\] here, did you mean "\[Container\]"\?/,
  );
  assert.match(stderr, /p\.pod.*: \.pod files: /);
  assert.match(stderr, /a\.artifact:2: \.artifact files: /);
  assert.match(readFileSync(join(units, 'a-artifact.service'), 'utf8'), /exit 1/);
  const failing = readFileSync(join(units, 'web.service'), 'utf8');
  const command = /^ExecStart=\/bin\/sh -c (.*)$/m.exec(failing)?.[1] ?? '';
  assert.match(command, /no section \[Contaner\]/);
  // what systemd makes of the line, a shell does too, but for doubled percent and dollar signs
  const script = command.replaceAll('%%', '%').replace('"printf', "'printf").replace('exit 1"', "exit 1'");
  const run = spawnSync(
    '/bin/sh',
    [
      '-c',
      `/bin/sh -c ${script.replaceAll('\\"', '"').replaceAll('$$', '$').replace('"%s\\\\n"', '"%s\\n"')}`,
    ],
    { encoding: 'utf8' },
  );
  assert.equal(run.status, 1);
  assert.match(run.stderr, /web\.container:9: /);
  assert.ok(existsSync(join(units, 'data-volume.service')));
});

test('the options of the generator are those of Podman, with one dash or two', async () => {
  const folder = quadlets({ 'data.volume': '[Volume]\n' });
  assert.match(generate(folder, '-dryrun').stdout, /^---data-volume\.service---\n/);
  assert.match(
    generate(folder, '--dryrun', '-user', '-no-kmsg-log').stdout,
    /tspod-user-wait-network-online/,
  );
  assert.equal(
    generate(folder, '-version').stdout,
    (await runTspod(['quadlet', 'generate', '--version'])).stdout,
  );
  const { status, stderr } = generate(folder);
  assert.equal(status, 125);
  assert.match(stderr, /the directory for the units is missing/);
});

test('systemd finds nothing wrong with generated units', (context) => {
  const analyze = '/usr/bin/systemd-analyze';
  if (!existsSync(analyze)) return context.skip('systemd-analyze is not installed');
  const folder = quadlets({
    'web.container': GOOD,
    'data.volume': '[Volume]\n',
    'lan.network': '[Network]\nSubnet=10.99.0.0/24\nLabel="a=b c"\n',
    'app.build': '[Build]\nImageTag=localhost/app\nSetWorkingDirectory=unit\nNetwork=lan.network\n',
    'bad.container': '[Container]\nFoo=1 %x $y\n',
  });
  const units = testFolder();
  generate(folder, units);
  const paths = ['web', 'data-volume', 'lan-network', 'app-build', 'bad'].map((name) =>
    join(units, `${name}.service`),
  );
  const env = { ...homeEnvironment(), SYSTEMD_UNIT_PATH: `${units}:` };
  const said = spawnSync(analyze, ['--user', '--man=no', 'verify', ...paths], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const ours = said.stderr
    .split('\n')
    .filter(
      (line) => line.includes(units) || /^(web|data-volume|lan-network|app-build|bad)\.service/.test(line),
    );
  assert.deepEqual(ours, []);
});

test('check tells what is wrong in the files that it is given, and finds others beside them', async () => {
  const folder = quadlets({
    'web.container': GOOD,
    'data.volume': '[Volume]\n',
    'bad.container': 'Image=x\n',
  });
  await runTspod(['quadlet', 'check', join(folder, 'web.container')]);
  const one = await runTspod(['quadlet', 'check', 'bad.container'], { cwd: folder, expectCode: 1 });
  assert.equal(one.stderr, `${join(folder, 'bad.container')}:1: Image: stands before the first section\n`);
  const all = await runTspod(['quadlet', 'check', folder], { expectCode: 1 });
  assert.equal(all.stderr, one.stderr);
  const missing = await runTspod(['quadlet', 'check', join(folder, 'x.container')], { expectCode: 125 });
  assert.match(missing.stderr, /there is no file ".*x\.container"/);
  const other = await runTspod(['quadlet', 'check', tspodProgram], { expectCode: 125 });
  assert.match(other.stderr, /is no Quadlet file by its name/);
});

test('files are installed, listed, printed and removed', async () => {
  const name = `${uniqueName()}.container`;
  const folder = quadlets({ [name]: GOOD, 'data.volume': '[Volume]\n' });
  mkdirSync(join(folder, `${name}.d`));
  writeFileSync(join(folder, `${name}.d/1.conf`), '[Container]\nLabel=a=b\n');
  const installed = await runTspod(['quadlet', 'install', '--reload-systemd=false', folder]);
  const paths = installed.stdout.trim().split('\n');
  assert.equal(paths.length, 3);
  for (const path of paths) assert.ok(existsSync(path), path);
  const again = await runTspod(['quadlet', 'install', '--reload-systemd=false', folder], { expectCode: 125 });
  assert.match(again.stderr, /is there already/);
  await runTspod(['quadlet', 'install', '--replace', '--reload-systemd=false', folder]);
  const list = await runTspod([
    'quadlet',
    'list',
    '--format',
    '{{.Name}} {{.UnitName}}',
    '--filter',
    `name=${name}`,
  ]);
  assert.equal(list.stdout.trim(), `${name} ${name.replace('.container', '.service')}`);
  assert.equal((await runTspod(['quadlet', 'print', name])).stdout, GOOD);
  const removed = await runTspod(['quadlet', 'rm', '--reload-systemd=false', name, 'data.volume']);
  assert.equal(removed.stdout, `${name}\ndata.volume\n`);
  assert.equal((await runTspod(['quadlet', 'list', '-n'])).stdout, '');
  const missing = await runTspod(['quadlet', 'rm', name], { expectCode: 125 });
  assert.match(missing.stderr, /there is no installed Quadlet file/);
  await runTspod(['quadlet', 'rm', '--ignore', name]);
});

test('nothing is installed when a file is not valid', async () => {
  const folder = quadlets({ 'fine.volume': '[Volume]\n', 'bad.container': '[Container]\nImge=x\n' });
  const { stderr } = await runTspod(['quadlet', 'install', folder], { expectCode: 125 });
  assert.match(
    stderr,
    /bad\.container:2: Imge: there is no such key in \[Container\], did you mean "Image"\?/,
  );
  assert.match(stderr, /nothing was installed/);
  assert.equal((await runTspod(['quadlet', 'list', '-n'])).stdout, '');
});

test('a file with several Quadlet files in it is refused by name', async () => {
  const folder = quadlets({ 'fine.volume': '[Volume]\n', 'all.quadlets': '# FileName=a\n[Volume]\n' });
  const { stderr } = await runTspod(['quadlet', 'install', folder], { expectCode: 125 });
  assert.match(stderr, /all\.quadlets": files with several Quadlet files in them are not supported/);
  assert.equal((await runTspod(['quadlet', 'list', '-n'])).stdout, '');
});

test('files are installed from the web', async () => {
  const server = createServer(({ url }, answer) => {
    const isThere = url === '/files/far.volume' || url === '/files/page.html';
    answer.writeHead(isThere ? 200 : 404).end('[Volume]\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
    const install = ['quadlet', 'install', '--reload-systemd=false'];
    const { stdout } = await runTspod([...install, `${place}/far.volume`]);
    assert.match(stdout, /containers\/systemd\/far\.volume\n$/);
    assert.equal(readFileSync(stdout.trim(), 'utf8'), '[Volume]\n');
    const page = await runTspod([...install, `${place}/page.html`], { expectCode: 125 });
    assert.match(page.stderr, /page\.html" is no Quadlet file by its name/);
    const missing = await runTspod([...install, `${place}/none.volume`], { expectCode: 125 });
    assert.match(missing.stderr, /fetching ".*none\.volume": .*404/);
    const other = await runTspod([...install, 'ftp://127.0.0.1/x.volume'], { expectCode: 125 });
    assert.match(other.stderr, /only addresses with https:\/\/ or http:\/\/ are read/);
    await runTspod(['quadlet', 'rm', '--reload-systemd=false', 'far.volume']);
  } finally {
    server.close();
  }
});
