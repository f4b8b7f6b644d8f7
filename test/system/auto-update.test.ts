import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test from 'node:test';
import { fakeSystemctl, type FakeSystemctl } from '../helpers/fake-systemctl';
import { tspodProgram } from '../helpers/project';
import { startRegistry } from '../helpers/registry';
import { runTspod, type RunOptions } from '../helpers/tspod';
import { uniqueName } from '../helpers/unique-name';

const out = async (args: readonly string[], options?: RunOptions): Promise<string> =>
  (await runTspod(args, options)).stdout.trim();

/** An image with a variable that tells which it is; the names. */
async function makeImage(version: string, ...names: string[]): Promise<string> {
  const container = uniqueName('made');
  await runTspod(['create', '--name', container, '--network', 'none', 'busybox', 'true']);
  const id = await out(['commit', '-q', '-c', `ENV VERSION=${version}`, container, ...names]);
  await runTspod(['rm', container]);
  return id;
}

interface Service {
  name: string;
  unit: string;
  image: string;
  systemctl: FakeSystemctl;
}

/** A container of a unit, whose restart makes it anew; it gets ready only where the image lets it. */
async function startService(image: string, policy: string, ...options: string[]): Promise<Service> {
  const name = uniqueName('service');
  const unit = `${name}.service`;
  const systemctl = fakeSystemctl();
  const label = `io.containers.autoupdate=${policy}`;
  const run = [
    'run',
    '-d',
    '--replace',
    '--stop-timeout=0',
    '--name',
    name,
    '--network',
    'none',
    '--label',
    label,
    ...options,
  ];
  const words = [...run, image, 'sleep', '1000'];
  const env = { PODMAN_SYSTEMD_UNIT: unit };
  await runTspod(words, { env });
  systemctl.onRestart(
    unit,
    `export PODMAN_SYSTEMD_UNIT=${unit}
'${tspodProgram}' ${words.map((word) => `'${word}'`).join(' ')} || exit 1
test "$('${tspodProgram}' exec ${name} sh -c 'echo $VERSION')" != broken`,
  );
  return { name, unit, image, systemctl };
}

const versionOf = ({ name }: Service): Promise<string> => out(['exec', name, 'sh', '-c', 'echo $VERSION']);
const remove = ({ name }: Service): Promise<unknown> => runTspod(['rm', '--force', '--time=0', name]);

test('a container of the policy local is made anew when its name leads to another image', async () => {
  const image = `localhost/${uniqueName('app')}:latest`;
  await makeImage('one', image);
  const service = await startService(image, 'local');
  const { env } = service.systemctl;
  const format = ['--format', '{{.Unit}} {{.Container}} {{.Image}} {{.Policy}} {{.Updated}}'];
  const id = await out(['inspect', service.name, '--format', '{{.Id}}']);
  const line = `${service.unit} ${id.slice(0, 12)} (${service.name}) ${image} local`;
  assert.equal(await out(['auto-update', ...format], { env }), `${line} false`);
  await makeImage('two', image);
  assert.equal(await out(['auto-update', '--dry-run', ...format], { env }), `${line} pending`);
  assert.deepEqual(service.systemctl.calls(), ['--user show --property=Version']);
  assert.equal(await versionOf(service), 'one');
  assert.equal(await out(['auto-update', ...format], { env }), `${line} true`);
  assert.equal(service.systemctl.calls().at(-1), `--user restart -- ${service.unit}`);
  assert.equal(await versionOf(service), 'two');
  assert.match(
    await out(['auto-update'], { env }),
    /^UNIT +CONTAINER +IMAGE +POLICY +UPDATED\n.* local +false$/,
  );
  assert.match(await out(['events', '--stream=false', '--filter', 'type=system']), /system auto-update/);
  await remove(service);
});

test('a unit that does not start with the new image gets the old one back, unless that is not wanted', async () => {
  const image = `localhost/${uniqueName('app')}:latest`;
  const old = await makeImage('one', image);
  const service = await startService(image, 'local');
  const { env } = service.systemctl;
  const broken = await makeImage('broken', image);
  const format = ['--format', '{{.Updated}}'];
  const failed = await runTspod(['auto-update', '--rollback=false', ...format], { env, expectCode: 125 });
  assert.equal(failed.stdout, 'failed\n');
  assert.match(failed.stderr, /restarting the unit ".*\.service": systemctl restart/);
  assert.equal(await out(['image', 'inspect', image, '--format', '{{.Id}}']), broken);

  await runTspod(['tag', old, image]);
  await runTspod(
    [
      'run',
      '-d',
      '--replace',
      '--stop-timeout=0',
      '--name',
      service.name,
      '--network',
      'none',
      '--label',
      'io.containers.autoupdate=local',
      image,
      'sleep',
      '1000',
    ],
    { env: { PODMAN_SYSTEMD_UNIT: service.unit } },
  );
  await runTspod(['tag', broken, image]);
  const back = await runTspod(['auto-update', ...format], { env });
  assert.equal(back.stdout, 'rolled back\n');
  assert.match(back.stderr, /runs its old image again: restarting the unit/);
  assert.equal(await out(['image', 'inspect', image, '--format', '{{.Id}}']), old);
  assert.equal(await versionOf(service), 'one');
  await remove(service);
});

test('a newer image is pulled from its registry', async () => {
  const registry = await startRegistry();
  const image = `${registry.host}/${uniqueName('app')}:latest`;
  await makeImage('one', image);
  await runTspod(['push', '-q', '--tls-verify=false', image]);
  const service = await startService(image, 'registry');
  const { env } = service.systemctl;
  const update = ['auto-update', '--tls-verify=false', '--format', '{{.Policy}} {{.Updated}}'];
  assert.equal(await out(update, { env }), 'registry false');
  const local = uniqueName('two');
  await makeImage('two', local);
  await runTspod(['push', '-q', '--tls-verify=false', local, image]);
  await runTspod(['rmi', local]);
  assert.equal(await out([...update, '--dry-run'], { env }), 'registry pending');
  assert.equal(await out(update, { env }), 'registry true');
  assert.equal(await versionOf(service), 'two');
  assert.equal(await out(update, { env }), 'registry false');
  const missing = `${registry.host}/missing:latest`;
  await runTspod(['tag', image, missing]);
  const other = await startService(missing, 'registry');
  const failed = await runTspod(update, { env, expectCode: 125 });
  assert.equal(failed.stdout, 'registry false\nregistry failed\n');
  assert.match(failed.stderr, /auto-updating container ".*": .*missing/);
  await remove(other);
  await remove(service);
});

test('the image before one of the registry that does not get ready is back, and the registry keeps its own', async () => {
  const registry = await startRegistry();
  const image = `${registry.host}/${uniqueName('app')}:latest`;
  const old = await makeImage('one', image);
  await runTspod(['push', '-q', '--tls-verify=false', image]);
  const service = await startService(image, 'registry');
  const { env } = service.systemctl;
  const update = ['auto-update', '--tls-verify=false', '--format', '{{.Policy}} {{.Updated}}'];
  const local = uniqueName('broken');
  const broken = await makeImage('broken', local);
  await runTspod(['push', '-q', '--tls-verify=false', local, image]);
  await runTspod(['rmi', local]);
  const back = await runTspod(update, { env });
  assert.equal(back.stdout, 'registry rolled back\n');
  assert.match(back.stderr, /runs its old image again: restarting the unit/);
  assert.equal(await out(['image', 'inspect', image, '--format', '{{.Id}}']), old);
  assert.equal(await versionOf(service), 'one');
  assert.equal(await out([...update, '--dry-run'], { env }), 'registry pending');
  await runTspod(['pull', '-q', '--tls-verify=false', image]);
  assert.equal(await out(['image', 'inspect', image, '--format', '{{.Id}}']), broken);
  await remove(service);
});

test('what cannot be updated is told of, and the rest is updated', async () => {
  const image = `localhost/${uniqueName('app')}:latest`;
  await makeImage('one', image);
  const service = await startService(image, 'local');
  const run = ['run', '-d', '--network', 'none', '--label', 'io.containers.autoupdate=local'];
  const [alone, wrong] = [uniqueName('alone'), uniqueName('wrong')];
  await runTspod([...run, '--name', alone, 'busybox', 'sleep', '1000']);
  await runTspod([
    ...run.slice(0, -1),
    'io.containers.autoupdate=lokal',
    '--name',
    wrong,
    'busybox',
    'sleep',
    '1000',
  ]);
  await makeImage('two', image);
  const { env } = service.systemctl;
  const { stdout, stderr } = await runTspod(['auto-update', '--format', '{{.Updated}}'], {
    env,
    expectCode: 125,
  });
  assert.equal(stdout, 'true\n');
  assert.match(stderr, new RegExp(`"${alone}": it has no label PODMAN_SYSTEMD_UNIT`));
  assert.match(stderr, new RegExp(`"${wrong}": invalid auto-update policy "lokal"`));
  // a unit that starts the container as it is
  service.systemctl.onRestart(service.unit, 'exit 0');
  await makeImage('three', image);
  const same = await runTspod(['auto-update', '--format', '{{.ContainerName}} {{.Updated}}'], {
    env,
    expectCode: 125,
  });
  assert.equal(same.stdout, `${service.name} failed\n`);
  assert.match(same.stderr, /starts the same container again/);
  for (const name of [alone, wrong, service.name]) await runTspod(['rm', '--force', '--time=0', name]);
});

test('without a manager of units nothing is fetched', async () => {
  const image = `localhost/${uniqueName('app')}:latest`;
  await makeImage('one', image);
  const service = await startService(image, 'local');
  await makeImage('two', image);
  // a place with Node, and without systemctl
  const env = { PATH: dirname(process.execPath) };
  const { stderr } = await runTspod(['auto-update'], { env, expectCode: 125 });
  assert.match(stderr, /there is no systemctl on this machine|systemd cannot be reached/);
  assert.equal(await versionOf(service), 'one');
  await remove(service);
});

test('a policy that needs a registry needs a full name', async () => {
  const label = ['--label', 'io.containers.autoupdate=registry'];
  const create = ['create', '--network', 'none', ...label];
  const { stderr } = await runTspod([...create, 'busybox', 'true'], { expectCode: 125 });
  assert.match(stderr, /auto updates require fully-qualified image reference: "busybox"/);
});
