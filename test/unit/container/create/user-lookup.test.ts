import assert from 'node:assert/strict';
import test from 'node:test';
import { resolveUser } from '../../../../src/container/create/user-lookup';

const files = {
  passwd:
    '# users\nroot:x:0:0:root:/root:/bin/sh\nweb:x:33:33:Web:/var/www:/bin/sh\n1234:x:7:8::/seven:\nbad line\n',
  group: 'root:x:0:\nweb:x:33:\nwheel:x:10:root,web\nadm:x:4:other\n',
};

const cases: [string, string, string[], object][] = [
  ['nobody in particular is root', '', [], { uid: 0, gid: 0, groups: [10], home: '/root', name: 'root' }],
  ['a name', 'web', [], { uid: 33, gid: 33, groups: [10], home: '/var/www', name: 'web' }],
  ['a number with an entry', '33', [], { uid: 33, gid: 33, groups: [10], home: '/var/www', name: 'web' }],
  ['a number without', '1000', [], { uid: 1000, gid: 0, groups: [], home: '/', name: undefined }],
  ['a name that is a number', '1234', [], { uid: 7, gid: 8, groups: [], home: '/seven', name: '1234' }],
  ['a group by name', 'web:wheel', [], { uid: 33, gid: 10, groups: [], home: '/var/www', name: 'web' }],
  ['a group by number', '1000:2000', [], { uid: 1000, gid: 2000, groups: [], home: '/', name: undefined }],
  ['only a group', ':4', [], { uid: 0, gid: 4, groups: [], home: '/root', name: 'root' }],
  [
    'further groups',
    '33:33',
    ['adm', '99', 'keep-groups'],
    { uid: 33, gid: 33, groups: [4, 99], home: '/var/www', name: 'web' },
  ],
];
for (const [name, user, added, expected] of cases) {
  test(`resolveUser(): ${name}`, () => {
    const { hasGroup: _, ...found } = resolveUser(user, added, files);
    assert.deepEqual(found, expected);
  });
}

test('resolveUser() names what is missing and ends with 126', () => {
  const missing = { code: 'not-found', exitCode: 126 };
  assert.throws(() => resolveUser('nosuch', [], files), {
    ...missing,
    message: /unable to find user nosuch/,
  });
  assert.throws(() => resolveUser('web:nosuch', [], files), {
    ...missing,
    message: /unable to find group nosuch/,
  });
  assert.throws(() => resolveUser('web', ['nosuch'], files), missing);
  assert.throws(() => resolveUser('root', [], { passwd: undefined, group: undefined }), missing);
  assert.throws(() => resolveUser('4294967295', [], files), missing);
});
