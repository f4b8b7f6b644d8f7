import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { dropInFolders } from '../../../../src/systemd/quadlet/load-quadlets';
import { installDirectory, searchDirectories } from '../../../../src/systemd/quadlet/search-paths';

test("a user's files are looked for in the runtime directory, then in the configuration, and below", () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'quadlet-')));
  try {
    for (const path of [
      'run/containers/systemd',
      'config/containers/systemd/a/b',
      'config/containers/systemd/x.d',
      'far',
    ])
      mkdirSync(join(top, path), { recursive: true });
    symlinkSync(join(top, 'far'), join(top, 'config/containers/systemd/link'));
    symlinkSync(join(top, 'config/containers/systemd'), join(top, 'far/loop'));
    const env = { XDG_RUNTIME_DIR: join(top, 'run'), XDG_CONFIG_HOME: join(top, 'config') };
    const found = searchDirectories({ env, home: top, uid: 4711, isUser: true });
    assert.deepEqual(
      found.filter((path) => path.startsWith(top)).map((path) => path.slice(top.length + 1)),
      [
        'run/containers/systemd',
        'config/containers/systemd',
        'config/containers/systemd/a',
        'config/containers/systemd/a/b',
        'far',
      ],
    );
  } finally {
    rmSync(top, { recursive: true });
  }
});

test('QUADLET_UNIT_DIRS stands for all others, and has absolute paths', () => {
  const place = { home: '/h', uid: 1, isUser: true };
  const env = {
    QUADLET_UNIT_DIRS: `${realpathSync('/usr/share/doc')}:/is/not/there`,
    XDG_RUNTIME_DIR: '/run',
  };
  assert.equal(searchDirectories({ ...place, env })[0], realpathSync('/usr/share/doc'));
  assert.throws(() => searchDirectories({ ...place, env: { QUADLET_UNIT_DIRS: 'a' } }), /"a" .* absolute/);
});

test('files are installed into the configuration of the user, or of the system', () => {
  const place = { env: {}, home: '/home/x', uid: 1000 };
  assert.equal(installDirectory({ ...place, isUser: true }), '/home/x/.config/containers/systemd');
  assert.equal(installDirectory({ ...place, isUser: false }), '/etc/containers/systemd');
});

for (const [name, folders] of [
  ['a.container', ['a.container.d', 'container.d']],
  ['a-b-c.volume', ['a-b-c.volume.d', 'a-b-.volume.d', 'a-.volume.d', 'volume.d']],
  ['a@.container', ['a@.container.d', 'container.d']],
  [
    'a-b@x-y.container',
    ['a-b@x-y.container.d', 'a-b@.container.d', 'a-@.container.d', 'a-.container.d', 'container.d'],
  ],
] as const) {
  test(`drop-ins of ${name} are found from the most special folder on`, () => {
    assert.deepEqual(dropInFolders(name), folders);
  });
}
