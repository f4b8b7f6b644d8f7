import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test from 'node:test';
import { generate, problemsOf } from './setup';

for (const [what, text, expected] of [
  ['a gateway without a subnet', 'Gateway=10.1.0.1\n', ['n.network:2: Gateway: "10.1.0.1" needs Subnet=']],
  [
    'more ranges than subnets',
    'Subnet=10.1.0.0/24\nIPRange=10.1.0.0/25\nIPRange=10.1.0.128/25\n',
    ['n.network:4: IPRange: "10.1.0.128/25" has no subnet: there are more lines IPRange= than Subnet='],
  ],
  [
    'a subnet that is none',
    'Subnet=10.1.0.0\n',
    ['n.network:2: Subnet: "10.1.0.0" is no network, as 10.89.0.0/24 or fd00::/64'],
  ],
  [
    'a range whose end is no address',
    'Subnet=10.1.0.0/24\nIPRange=10.1.0.1-20\n',
    ['n.network:3: IPRange: "20" is no IP address'],
  ],
  [
    'a resolver that is no address',
    'DNS=dns.example.com\n',
    ['n.network:2: DNS: "dns.example.com" is no IP address'],
  ],
  [
    'a key of another kind',
    'PublishPort=80\n',
    ['n.network:2: PublishPort: there is no such key in [Network]'],
  ],
] as const) {
  test(`in a .network file ${what} is reported`, () => {
    assert.deepEqual(problemsOf({ 'n.network': `[Network]\n${text}` }), expected);
  });
}

for (const [what, text, expected] of [
  ['a missing tag', 'File=/x\n', ['i.build: there is no ImageTag= in [Build]']],
  [
    'nothing to build',
    'ImageTag=x\n',
    ['i.build: there is neither File= nor SetWorkingDirectory= in [Build]'],
  ],
  [
    'a relative file in no folder',
    'ImageTag=x\nFile=Containerfile\n',
    ['i.build:3: File: "Containerfile" is relative: that needs SetWorkingDirectory=unit or file'],
  ],
  [
    'the folder of a file that is not named',
    'ImageTag=x\nSetWorkingDirectory=file\n',
    ['i.build:3: SetWorkingDirectory: "file" needs File= with a path'],
  ],
] as const) {
  test(`in a .build file ${what} is reported`, () => {
    assert.deepEqual(problemsOf({ 'i.build': `[Build]\n${text}` }), expected);
  });
}

test('what an image, a network and a volume are made by is needed first, in a circle too', () => {
  const files = {
    'i.build':
      '[Build]\nImageTag=localhost/i\nSetWorkingDirectory=unit\nVolume=v.volume:/v\nNetwork=n.network\n',
    'n.network': '[Network]\n',
    'v.volume': '[Volume]\nDriver=image\nImage=i.build\n',
  };
  assert.deepEqual(problemsOf(files), [
    'v.volume:3: Image: the files need each other in a circle: v.volume -> i.build -> v.volume',
    'i.build:4: Volume: the files need each other in a circle: i.build -> v.volume -> i.build',
  ]);
});

test('a Containerfile, a context and a folder of a .build file are found, which Podman 5.4 loses', () => {
  const command = (text: string): string => {
    const [made] = generate({ 'i.build': `[Build]\nImageTag=x\n${text}` });
    const unit = (made?.unit.text ?? '').replaceAll(dirname(made?.quadlet.path ?? ''), 'DIR');
    return (unit.match(/^(ExecStart|WorkingDirectory)=.*/gm) ?? [])
      .join('; ')
      .replace('tspod build --tag x ', '');
  };
  assert.equal(
    command('File=sub/Containerfile\nSetWorkingDirectory=file\n'),
    'WorkingDirectory=DIR/sub; ExecStart=--file DIR/sub/Containerfile',
  );
  assert.equal(
    command('File=/x/Containerfile\nSetWorkingDirectory=unit\n'),
    'WorkingDirectory=DIR; ExecStart=--file /x/Containerfile DIR',
  );
  assert.equal(
    command('SetWorkingDirectory=./ctx\n[Service]\nWorkingDirectory=/wd\n'),
    'WorkingDirectory=/wd; ExecStart=DIR/ctx',
  );
  assert.equal(
    command('File=Containerfile\n[Service]\nWorkingDirectory=~\n'),
    'WorkingDirectory=~; ExecStart=--file Containerfile .',
  );
});

test('the last to stop takes a network away where its file says so', () => {
  const [made] = generate({ 'n.network': '[Network]\nNetworkDeleteOnStop=yes\nInterfaceName=br0\n' });
  assert.match(
    made?.unit.text ?? '',
    /^ExecStart=tspod network create --ignore --interface-name br0 systemd-n$/m,
  );
  assert.match(made?.unit.text ?? '', /^ExecStopPost=tspod network rm systemd-n$/m);
});
