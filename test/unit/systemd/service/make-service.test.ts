import assert from 'node:assert/strict';
import test from 'node:test';
import { makeService } from '../../../../src/systemd/service/make-service';
import type { ServiceOptions, ServiceSubject } from '../../../../src/systemd/service/types';

const subject: ServiceSubject = {
  id: 'c'.repeat(64),
  name: 'web',
  createCommand: [],
  env: ['HOME=/root', 'LANG=de DE', 'PATH=/bin'],
  stopTimeout: 10,
  monitorPidFile: '/run/monitor.pid',
};

const plain: ServiceOptions = {
  isNew: false,
  byName: true,
  isTemplate: false,
  prefix: 'container',
  separator: '-',
  after: [],
  requires: [],
  wants: [],
  env: [],
  header: [],
  program: ['/usr/bin/tspod'],
  runRoot: '/run/user/1/tspod',
};

/** The short options and the long ones of `run` that a word follows in these tests. */
const takesValue = (option: string) =>
  ['e', 'env', 'name', 'p', 'restart', 'sdnotify', 'root', 'h'].includes(option);

/** The options of ExecStart= after those that every new container has. */
function startOf(command: string, options: Partial<ServiceOptions> = {}): string {
  const words = command.split(' ').map((word) => word.replaceAll('_', ' '));
  const { text } = makeService(
    { ...subject, createCommand: words },
    { ...plain, isNew: true, ...options },
    takesValue,
  );
  return /^ExecStart=(.*?)\nExecStop=/ms.exec(text)?.[1]?.replaceAll(' \\\n\t', ' ') ?? '';
}

const BEGIN = '/usr/bin/tspod run --cidfile=%t/%n.ctr-id --cgroups=no-conmon --rm';

test('a container that exists is started and stopped, and its monitor is the main process', () => {
  const { name, text } = makeService(
    subject,
    { ...plain, restartSec: 5, startTimeout: 7, stopTimeout: 0 },
    takesValue,
  );
  assert.equal(name, 'container-web');
  assert.equal(
    text,
    `# container-web.service

[Unit]
Description=tspod container-web.service
Documentation=man:tspod-generate-systemd(1)
Wants=network-online.target
After=network-online.target
RequiresMountsFor=/run/user/1/tspod

[Service]
Environment=PODMAN_SYSTEMD_UNIT=%n
Restart=on-failure
RestartSec=5
TimeoutStartSec=7
TimeoutStopSec=60
ExecStart=/usr/bin/tspod start web
ExecStop=/usr/bin/tspod stop  \\
	-t 0 web
ExecStopPost=/usr/bin/tspod stop  \\
	-t 0 web
PIDFile=/run/monitor.pid
Type=forking

[Install]
WantedBy=default.target
`,
  );
});

test('a new container is made with the words that made it, and tells when it runs', () => {
  const createCommand = [
    'tspod',
    'create',
    '--name',
    'web',
    '-e',
    'A=x y',
    'busybox',
    'sh',
    '-c',
    'echo $x %i',
  ];
  const { text } = makeService({ ...subject, createCommand }, { ...plain, isNew: true }, takesValue);
  assert.match(text, /^Type=notify\nNotifyAccess=all$/m);
  assert.doesNotMatch(text, /PIDFile/);
  assert.match(
    text,
    /^ExecStart=\/usr\/bin\/tspod run \\\n\t--cidfile=%t\/%n\.ctr-id \\\n\t--cgroups=no-conmon \\\n\t--rm \\\n\t--sdnotify=conmon \\\n\t-d \\\n\t--replace \\\n\t--name web \\\n\t-e "A=x y" busybox sh \\\n\t-c "echo \$\$x %%i"\n/m,
  );
  assert.match(
    text,
    /^ExecStop=\/usr\/bin\/tspod stop \\\n\t--ignore -t 10 \\\n\t--cidfile=%t\/%n\.ctr-id$/m,
  );
});

for (const [command, expected] of [
  ['tspod run -d --name=x b', `${BEGIN} --sdnotify=conmon --replace -d --name=x b`],
  ['tspod run -dit b', `${BEGIN} --sdnotify=conmon -dit b`],
  ['tspod run --detach=false b', `${BEGIN} --sdnotify=conmon -d b`],
  [
    'tspod run --rm=false --cidfile=/x --replace=false --name x b',
    `${BEGIN} --sdnotify=conmon -d --replace --name x b`,
  ],
  ['tspod run --sdnotify=ignore b -d', `${BEGIN} --sdnotify=conmon -d b -d`],
  ['tspod run --sdnotify container b', `${BEGIN} -d --sdnotify container b`],
  ['tspod run -eX=1 -p80:80 b', `${BEGIN} --sdnotify=conmon -d -eX=1 -p80:80 b`],
  ['tspod run -h run b', `${BEGIN} --sdnotify=conmon -d -h run b`],
  [
    'tspod --root=/a_b container run b',
    '/usr/bin/tspod "--root=/a b" run --cidfile=%t/%n.ctr-id --cgroups=no-conmon --rm --sdnotify=conmon -d b',
  ],
] as const) {
  test(`"${command}" becomes "${expected}"`, () => assert.equal(startOf(command), expected));
}

test('in a template the names of containers end with that of the instance', () => {
  const options = { isTemplate: true };
  assert.match(startOf('tspod run --name web b', options), / --name web-%i b$/);
  assert.match(startOf('tspod run --name=web b', options), / --name=web-%i b$/);
  assert.match(startOf('tspod run b', options), / run --name=container-web-%i --cidfile/);
});

test('variables that were taken from the caller keep their values', () => {
  const createCommand = ['tspod', 'run', '-e', 'LANG', '--env=HOME', '-e', 'X=1', '-e', 'NOT_SET', 'b'];
  const { text } = makeService(
    { ...subject, createCommand },
    { ...plain, isNew: true, env: ['Q=a b'] },
    takesValue,
  );
  assert.match(text, /^Environment="LANG=de DE" HOME=\/root\nEnvironment="Q=a b"$/m);
});

for (const [restart, expected] of [
  ['on-failure:3', 'Restart=on-failure\nStartLimitBurst=3'],
  ['unless-stopped', 'Restart=always'],
  ['no', 'Restart=no'],
] as const) {
  test(`systemd follows the restart policy ${restart} in place of the container`, () => {
    const createCommand = ['tspod', 'run', `--restart=${restart}`, 'b'];
    const { text } = makeService({ ...subject, createCommand }, { ...plain, isNew: true }, takesValue);
    assert.ok(text.includes(`\n${expected}\nTimeoutStopSec=70\n`));
    assert.doesNotMatch(text, /--restart/);
  });
}

test('dependencies have a part of their own', () => {
  const { text } = makeService(
    subject,
    { ...plain, wants: ['a', 'b'], after: ['c'], requires: ['d'], prefix: '' },
    takesValue,
  );
  assert.match(text, /\n\n# User-defined dependencies\nWants=a b\nAfter=c\nRequires=d\n\n\[Service\]/);
  assert.match(text, /^# web\.service\n/);
});

test('a restart policy that systemd does not have, and words that make no container, are errors', () => {
  assert.throws(
    () => makeService(subject, { ...plain, restartPolicy: 'often' }, takesValue),
    /often is not a valid/,
  );
  assert.throws(() => startOf('tspod'), /"tspod" is no command that makes a container/);
});
