import assert from 'node:assert/strict';
import test from 'node:test';
import { generate, plainSetup, problemsOf } from './setup';

const GOOD = '[Container]\nImage=localhost/x\n';

for (const [what, text, expected] of [
  [
    'an unknown key',
    'Imgae=x\n',
    ['a.container:3: Imgae: there is no such key in [Container], did you mean "Image"?'],
  ],
  [
    'a key in lower case',
    'volume=x\n',
    ['a.container:3: volume: there is no such key in [Container], did you mean "Volume"?'],
  ],
  [
    'an unknown section',
    '[Servce]\nA=b\n',
    ['a.container:4: there is no section [Servce] here, did you mean "[Service]"?'],
  ],
  [
    'a section of another kind',
    '[Volume]\nCopy=no\n',
    ['a.container:4: there is no section [Volume] here: it belongs into a .volume file'],
  ],
  [
    'an unknown key of [Quadlet]',
    '[Quadlet]\nDefaultDependency=no\n',
    ['a.container:4: DefaultDependency: there is no such key in [Quadlet]'],
  ],
  ['a boolean that is none', 'RunInit=maybe\n', ['a.container:3: RunInit: "maybe" is neither yes nor no']],
  [
    'a bad duration',
    'HealthInterval=5x\n',
    ['a.container:3: HealthInterval: invalid duration "5x": expected something like 30s, 5m or 1h30m'],
  ],
  [
    'a bad size',
    'ShmSize=big\n',
    ['a.container:3: ShmSize: invalid size "big": expected a number with an optional unit b, k, m, g or t'],
  ],
  [
    'a bad port',
    'ExposeHostPort=http\n',
    ['a.container:3: ExposeHostPort: "http" is not a port, as 80, 80-90 or 53/udp'],
  ],
  [
    'a word that is none of those possible',
    'Pull=allways\n',
    [
      'a.container:3: Pull: "allways" is none of always, missing, never, newer, true, false, did you mean "always"?',
    ],
  ],
  [
    'a quote that is not closed',
    'Exec=sh "a\n',
    ['a.container:3: Exec: the quote " in "sh "a" is not closed'],
  ],
  [
    'a file that is not there',
    'Volume=data.volume:/x\n',
    ['a.container:3: Volume: there is no Quadlet file "data.volume"'],
  ],
  [
    'a dependency that is not there',
    '[Unit]\nAfter=b.container\n',
    ['a.container:4: After: there is no Quadlet file "b.container", did you mean "a.container"?'],
  ],
  ['a group without a user', 'Group=1\n', ['a.container:3: Group: Group= needs User=']],
  [
    'a type that cannot be',
    '[Service]\nType=simple\n',
    ['a.container:4: Type: "simple" is neither notify nor oneshot'],
  ],
  [
    'a kill mode that cannot be',
    '[Service]\nKillMode=none\n',
    ['a.container:4: KillMode: "none" is neither mixed nor control-group'],
  ],
  [
    'a bad time of the service',
    '[Service]\nTimeoutStartSec=soon\n',
    ['a.container:4: warning: TimeoutStartSec: "soon" is no time, as 90, 5min 20s or infinity'],
  ],
  [
    'a path in WantedBy',
    '[Install]\nWantedBy=a/b\n',
    ['a.container:4: WantedBy: "a/b" is a path: write names of units'],
  ],
  [
    'a key of [Install] that has no effect',
    '[Install]\nAlso=b.service\n',
    ['a.container:4: warning: Also: has no effect on generated units'],
  ],
  [
    'a key that is given twice',
    'Image=localhost/y\n',
    ['a.container:3: warning: Image: is given twice: line 2 does not count'],
  ],
  [
    'a value that lost its quotes',
    'Environment=A=b c\n',
    [
      'a.container:3: warning: Environment: "c" has no "=": a value with spaces needs quotes, Environment="NAME=value with spaces"',
    ],
  ],
  [
    'a mount without a source value',
    'Mount=type=bind,source=,target=/x\n',
    ['a.container:3: Mount: the source of "type=bind,source=,target=/x" is empty'],
  ],
  [
    'two ways to reload',
    'ReloadCmd=true\nReloadSignal=HUP\n',
    ['a.container:4: ReloadSignal: ReloadCmd= and ReloadSignal= exclude each other'],
  ],
  [
    'old keys beside new ones',
    'UserNS=host\nRemapUsers=auto\n',
    [
      'a.container:4: RemapUsers: cannot be used together with UserNS=, UIDMap=, GIDMap=, SubUIDMap= or SubGIDMap=',
    ],
  ],
] as const) {
  test(`${what} is reported with file, line and key`, () => {
    const problems = problemsOf({ 'a.container': GOOD + text });
    assert.deepEqual(problems, expected);
  });
}

test('values that systemd may yet change are not judged', () => {
  assert.deepEqual(
    problemsOf({ 'a.container': `${GOOD}HealthInterval=%i\nShmSize=\${SIZE}\nPublishPort=%i:80\nPull=$X\n` }),
    [],
  );
});

test('a drop-in may override a key without a warning', () => {
  assert.deepEqual(
    problemsOf({ 'a.container': GOOD, 'a.container.d/1.conf': '[Container]\nImage=localhost/y\n' }),
    [],
  );
});

test('what is wrong in a drop-in is reported with its name', () => {
  const problems = problemsOf({ 'a.container': GOOD, 'container.d/1.conf': '[Container]\nFoo=1\n' });
  assert.deepEqual(problems, ['1.conf:2: Foo: there is no such key in [Container]']);
});

test('an image and a root file system exclude each other, and one has to be there', () => {
  assert.deepEqual(problemsOf({ 'a.container': `${GOOD}Rootfs=/x\n` }), [
    'a.container:2: Image: Image= and Rootfs= exclude each other',
  ]);
  assert.deepEqual(problemsOf({ 'a.container': '[Container]\n' }), [
    'a.container: there is neither Image= nor Rootfs= in [Container]',
  ]);
});

test('files that need each other in a circle are reported', () => {
  const problems = problemsOf({
    'a.container': `${GOOD}Network=b.container\n`,
    'b.container': `${GOOD}Network=a.container\n`,
    'c.container': `${GOOD}Network=b.container\n`,
  });
  assert.deepEqual(problems, [
    'a.container:3: Network: the files need each other in a circle: a.container -> b.container -> a.container',
    'b.container:3: Network: the files need each other in a circle: b.container -> a.container -> b.container',
  ]);
});

test('two files for one unit are reported', () => {
  const [problem, ...others] = problemsOf({
    'a.container': GOOD,
    'b.container': `${GOOD}ServiceName=a\n`,
  });
  assert.match(
    problem ?? '',
    /^a\.container: ".*b\.container" makes the unit "a\.service" too: set ServiceName= in one$/,
  );
  assert.deepEqual(others, []);
});

test('files that cannot be read are reported, and only that', () => {
  const problems = problemsOf({ 'a.container': '->/is/not/there', 'b.container/x': '' });
  assert.match(problems[0] ?? '', /^a\.container: cannot be read: .*no such file or directory$/);
  assert.match(problems[1] ?? '', /^b\.container: cannot be read: .*directory/);
  assert.equal(problems.length, 2);
});

test('kinds that tspod does not have yet are refused by name, and so are options', () => {
  const refusals = {
    ...plainSetup.refusals,
    container: new Map([['ip', 'no bridges']]),
    network: 'no networks',
  };
  const problems = problemsOf(
    {
      'a.container': `${GOOD}IP=1.2.3.4\nNetwork=n.network\n`,
      'k.kube': '[Kube]\nYaml=x\n',
      'n.network': '[Network]\nSubnet=x\n',
      'p.pod': '',
    },
    { ...plainSetup, refusals },
  );
  assert.deepEqual(problems, [
    'n.network:2: .network files: no networks',
    'a.container:3: IP: not supported: no bridges',
    'k.kube:2: .kube files: no kube',
    'p.pod: .pod files: no pods',
  ]);
});

test('a file that is not valid becomes a unit that fails and says why, where [Install] wants it', () => {
  const [generated] = generate({
    'a.container':
      '[Unit]\nDescription=x\n[Container]\nImage=a\nNotfy="100% $x"\nFo=1\n[Install]\nWantedBy=default.target\n',
  });
  const lines = generated?.unit.text.split('\n') ?? [];
  assert.match(
    lines.find((line) => line.startsWith('Description=')) ?? '',
    /^Description=Not valid: a\.container:5: Notfy: .*did you mean "Notify"\? \(and 1 more\)$/,
  );
  const command = lines.find((line) => line.startsWith('ExecStart=')) ?? '';
  assert.match(command, /^ExecStart=\/bin\/sh -c "printf \\"%%s\\\\n\\" \\"\$\$@\\" >&2; exit 1" sh "/);
  assert.match(command, /a\.container:6: Fo: /);
  assert.ok(lines.includes('Type=oneshot'));
  assert.deepEqual(generated?.unit.links, [
    { path: 'default.target.wants/a.service', target: '../a.service' },
  ]);
});

test('what Podman 5.4 gets wrong is right here', () => {
  const [generated] = generate({
    'a.container': `[Unit]\nAfter=b.container other.service\n${GOOD}Environment=BARE\nHealthCmd=check "a b"\nLabel=a=1 \\\n b=2\nExec=a ; b\n`,
    'b.container': `${GOOD}ServiceName=bb\n`,
  }).filter(({ quadlet }) => quadlet.name === 'a.container');
  const text = generated?.unit.text ?? '';
  assert.match(text, /^After=bb\.service other\.service$/m);
  assert.match(text, / --env BARE /);
  assert.match(text, / --health-cmd "check \\"a b\\"" /);
  assert.match(text, / --label a=1 --label b=2 /);
  assert.match(text, / localhost\/x a ";" b$/m);
});

for (const [what, files, message, unit] of [
  [
    'a file name with a space',
    { 'my web.container': GOOD },
    'my web.container: "my web.service" cannot be the name of a unit: letters, digits and :_.\\@- may be in it, 255 at most',
    'my\\x20web.service',
  ],
  [
    'a specifier in the name of the service',
    { 'a.container': `${GOOD}ServiceName=%p-x\n` },
    'a.container:3: ServiceName: "%p-x.service" cannot be the name of a unit: letters, digits and :_.\\@- may be in it, 255 at most',
    '\\x25p-x.service',
  ],
] as const) {
  test(`${what} is reported, by a unit that systemd takes and that fails`, () => {
    assert.deepEqual(problemsOf(files), [message]);
    const [made] = generate(files);
    assert.equal(made?.unit.name, unit);
    assert.match(made.unit.text, /^ExecStart=\/bin\/sh -c .*exit 1/m);
  });
}
