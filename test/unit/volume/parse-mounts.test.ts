import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import test from 'node:test';
import { parseMount } from '../../../src/volume/parse-mount';
import { parseTmpfs } from '../../../src/volume/parse-tmpfs';
import { parseVolume } from '../../../src/volume/parse-volume';

const bind = {
  kind: 'bind',
  source: '/src',
  target: '/dst',
  readOnly: false,
  recursive: true,
  options: [] as string[],
  chown: false,
  idmap: false,
} as const;
const volume = {
  kind: 'volume',
  name: 'data',
  anonymous: false,
  target: '/dst',
  readOnly: false,
  options: [] as string[],
  noCopy: false,
  chown: false,
} as const;

const VOLUMES: [string, ReturnType<typeof parseVolume>][] = [
  ['/src:/dst', bind],
  ['/src/:/dst/', bind],
  ['/src:/dst:ro', { ...bind, readOnly: true }],
  ['/src:/dst:rw,U,z', { ...bind, chown: true, relabel: 'shared' }],
  ['/src:/dst:Z,rslave,noexec', { ...bind, relabel: 'private', propagation: 'rslave', options: ['noexec'] }],
  ['/src:/dst:bind', { ...bind, recursive: false }],
  ['~/x:/dst', { ...bind, source: `${homedir()}/x` }],
  ['./x:/dst', { ...bind, source: `${process.cwd()}/x` }],
  ['/src:/dst:O', { kind: 'overlay', source: '/src', target: '/dst', chown: false }],
  [
    '/src:/dst:O,upperdir=/u,workdir=/w,U',
    { kind: 'overlay', source: '/src', target: '/dst', upper: '/u', work: '/w', chown: true },
  ],
  ['data:/dst:O', { kind: 'overlay', source: '', volume: 'data', target: '/dst', chown: false }],
  ['data:/dst', volume],
  ['data:/dst:nocopy,ro', { ...volume, noCopy: true, readOnly: true }],
  ['/dst', { ...volume, name: '', anonymous: true }],
];
for (const [text, expected] of VOLUMES) {
  test(`parseVolume() reads "${text}"`, () => assert.deepEqual(parseVolume(text), expected));
}

const BAD_VOLUMES: [string, string, RegExp][] = [
  ['a:/b:ro:x', 'usage', /incorrect volume format "a:\/b:ro:x"/],
  [':/dst', 'usage', /host directory cannot be empty/],
  ['/src:dst', 'usage', /"dst", must be an absolute path/],
  ['data', 'usage', /"data", must be an absolute path/],
  ['/src:/', 'usage', /the root cannot be mounted over/],
  ['/src:/..', 'usage', /the root cannot be mounted over/],
  ['-data:/dst', 'usage', /invalid volume name "-data"/],
  ['a/b:/dst', 'usage', /invalid volume name "a\/b"/],
  ['/src:/dst:ro,rw', 'usage', /cannot pass both "ro" and "rw"/],
  ['/src:/dst:z,Z', 'usage', /cannot pass both "z" and "Z"/],
  ['/src:/dst:shared,private', 'usage', /more than one propagation/],
  ['/src:/dst:upperdir=/u', 'usage', /need the option O/],
  ['/src:/dst:O,upperdir=/u', 'usage', /upperdir and workdir together/],
  ['/src:/dst:fast', 'usage', /unknown option "fast"/],
  ['/etc:/dst:U', 'usage', /chowning host path "\/etc" is not allowed/],
  ['~:/dst:U', 'usage', /is not allowed/],
  ['/src:/dst:idmap=uids=0-1-1', 'unsupported', /idmap/],
];
for (const [text, code, message] of BAD_VOLUMES) {
  test(`parseVolume() refuses "${text}"`, () => assert.throws(() => parseVolume(text), { code, message }));
}

const MOUNTS: [string, ReturnType<typeof parseMount>][] = [
  ['type=bind,src=/src,dst=/dst', bind],
  ['type=bind,source=/src,target=/dst,readonly', { ...bind, readOnly: true }],
  ['type=bind,source=/src,destination=/dst,ro=false', bind],
  ['type=bind,src=/src,dst=/dst,bind-propagation=rshared', { ...bind, propagation: 'rshared' }],
  ['type=bind,src=/src,dst=/dst,idmap', { ...bind, idmap: true }],
  ['type=volume,src=data,dst=/dst,idmap', { ...volume, idmap: true }],
  ['type=bind,src=/src,dst=/dst,bind-nonrecursive', { ...bind, recursive: false }],
  ['type=bind,src=/src,dst=/dst,relabel=private,U', { ...bind, relabel: 'private', chown: true }],
  ['type=volume,src=data,dst=/dst,volume-nocopy', { ...volume, noCopy: true }],
  ['src=data,dst=/dst', volume],
  ['type=volume,src=data,dst=/dst,volume-subpath=/a/b', { ...volume, subpath: 'a/b' }],
  [
    'type=volume,src=data,dst=/dst,volume-opt=type=tmpfs,volume-opt=nocopy',
    { ...volume, driverOptions: ['type=tmpfs', 'nocopy'] },
  ],
  ['type=volume,src=data,dst=/dst,subpath=/', { ...volume, subpath: '.' }],
  ['type=bind,"src=/src,x",dst=/dst', { ...bind, source: '/src,x' }],
  [
    'type=image,src=name:tag,dst=/dst,rw=true,subpath=/etc',
    { kind: 'image', source: 'name:tag', target: '/dst', readOnly: false, subpath: 'etc', chainIds: [] },
  ],
  [
    'type=image,source=a,target=/dst',
    { kind: 'image', source: 'a', target: '/dst', readOnly: true, chainIds: [] },
  ],
  [
    'type=devpts,dst=/dst,uid=5,mode=0600,max=9,ro',
    {
      kind: 'tmpfs',
      type: 'devpts',
      target: '/dst',
      options: ['uid=5', 'mode=0600', 'max=9', 'ro'],
      copyUp: false,
    },
  ],
  ['type=ramfs,dst=/dst/', { kind: 'tmpfs', type: 'ramfs', target: '/dst', options: [], copyUp: false }],
  ['type=volume,dst=/dst', { ...volume, name: '', anonymous: true }],
];
for (const [text, expected] of MOUNTS) {
  test(`parseMount() reads "${text}"`, () => assert.deepEqual(parseMount(text), expected));
}

const BAD_MOUNTS: [string, string, RegExp][] = [
  ['type=bind,src=/src', 'usage', /must set volume destination/],
  ['type=bind,dst=/dst', 'usage', /must set the source/],
  ['type=tmpfs,src=/a,dst=/dst', 'usage', /a tmpfs has no source/],
  ['type=nfs,src=/a,dst=/dst', 'usage', /invalid filesystem type "nfs"/],
  ['type=constructor,dst=/dst', 'usage', /invalid filesystem type "constructor"/],
  ['type=bind,src=/a,dst=/dst,colour=red', 'usage', /colour: invalid mount option for type bind/],
  ['type=bind,src=,dst=/dst', 'usage', /"src" needs a value/],
  ['type=bind,src=/a,dst=/b,ro=maybe', 'usage', /"ro" is true or false, not "maybe"/],
  ['type=image,src=a', 'usage', /must set source and destination for image volume/],
  ['type=image,dst=/dst', 'usage', /must set source and destination for image volume/],
  ['type=image,src=a,dst=/dst,ro', 'usage', /ro: invalid mount option for type image/],
  ['type=bind,src=/a,dst=/dst,subpath=b', 'usage', /cannot set option "subpath" on non-volume mounts/],
  ['type=artifact,src=a,dst=/dst', 'unsupported', /type=artifact/],
  ['type=devpts,dst=/dst,mode=9', 'usage', /"mode" cannot be "9"/],
  ['type=ramfs,src=a,dst=/dst', 'usage', /src: invalid mount option for type ramfs/],
  ['type=volume,src=a,dst=/dst,idmap=x', 'unsupported', /idmap/],
];
for (const [text, code, message] of BAD_MOUNTS) {
  test(`parseMount() refuses "${text}"`, () => assert.throws(() => parseMount(text), { code, message }));
}

test('parseTmpfs() and parseMount() read the same tmpfs', () => {
  const expected = { kind: 'tmpfs', target: '/t', options: ['size=1m', 'mode=1777'], copyUp: true };
  assert.deepEqual(parseTmpfs('/t:size=1m,mode=1777'), expected);
  assert.deepEqual(parseMount('type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777'), expected);
  assert.deepEqual(parseTmpfs('/t:notmpcopyup'), { kind: 'tmpfs', target: '/t', options: [], copyUp: false });
});

test('parseTmpfs() refuses unknown options and relative paths', () => {
  assert.throws(() => parseTmpfs('/t:speed=9'), { code: 'usage', message: /speed/ });
  assert.throws(() => parseTmpfs('t'), { code: 'usage', message: /absolute path/ });
});
