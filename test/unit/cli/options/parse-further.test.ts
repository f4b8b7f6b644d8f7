import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CONTAINER_OPTIONS,
  type ContainerFlags,
} from '../../../../src/cli/options/container/container-options';
import { parseFurther } from '../../../../src/cli/options/container/parse-further';
import { parseFlags } from '../../../../src/cli/parse-flags';
import type { FurtherOptions } from '../../../../src/container/further/further-options';
import { isCdiName } from '../../../../src/container/options/parse-device';
import type { Context } from '../../../../src/lib/context';

function parse(argv: readonly string[], env: Context['env'] = {}): FurtherOptions {
  const { flags } = parseFlags({ options: CONTAINER_OPTIONS, command: 'tspod run' }, [...argv, 'image']);
  return parseFurther({ env } as Context, flags as unknown as ContainerFlags);
}

const OPTIONS: [argv: string[], expected: FurtherOptions][] = [
  [[], {}],
  [['--chrootdirs', 'a,/b'], { chrootDirs: ['/a', '/b'] }],
  [['--hostuser', 'me,1000'], { hostUsers: ['me', '1000'] }],
  [['--personality=LINUX32'], { personality: 'LINUX32' }],
  [
    ['--requires', 'db', '--requires', 'web'],
    { requires: ['db', 'web'].map((target) => ({ kind: 'container', target })) },
  ],
  [['--env-merge', 'A=${A},b'], { envMerge: ['A=${A},b'] }],
  [
    ['--gpus=0,1', '--device', 'vendor.com/net=eth0', '--device=/dev/null'],
    { cdiDevices: ['vendor.com/net=eth0', 'nvidia.com/gpu=0', 'nvidia.com/gpu=1'] },
  ],
  [['--sdnotify=conmon'], { notify: { mode: 'conmon' } }],
  [['--shm-size-systemd=1m'], { systemdSize: 1 << 20 }],
];

for (const [argv, expected] of OPTIONS) {
  test(`parseFurther() reads "${argv.join(' ')}"`, () => assert.deepEqual(parse(argv), expected));
}

test('the socket of a service manager is taken from the environment', () => {
  const env = { NOTIFY_SOCKET: '/run/s' };
  assert.deepEqual(parse([], env), { notify: { mode: 'container', socket: '/run/s' } });
  assert.deepEqual(parse(['--sdnotify=ignore'], env), { notify: { mode: 'ignore', socket: '/run/s' } });
});

const BAD: [argv: string[], message: RegExp][] = [
  [['--personality=linux'], /unknown persona specified "linux"/],
  [['--env-merge=A'], /missing "=" for --env-merge substitution A/],
  [['--sdnotify=soon'], /invalid sdnotify value "soon": must be conmon, container, healthy or ignore/],
  [['--shm-size-systemd=much'], /unable to translate --shm-size-systemd/],
];

for (const [argv, message] of BAD) {
  test(`parseFurther() refuses ${argv.join(' ')}`, () => {
    assert.throws(() => parse(argv), { code: 'usage', message });
  });
}

const NAMES: [text: string, isCdi: boolean][] = [
  ['vendor.com/class=name', true],
  ['nvidia.com/gpu=0:1', true],
  ['vendor.com/class=', false],
  ['vendor.com=name', false],
  ['/dev/null', false],
  ['/dev/a=b', false],
  ['1vendor/class=a', false],
];

for (const [text, isCdi] of NAMES) {
  test(`"${text}" is ${isCdi ? '' : 'not '}the name of a CDI device`, () =>
    assert.equal(isCdiName(text), isCdi));
}
