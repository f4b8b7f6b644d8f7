// Makes dist/busybox.tar, the image that comes with tspod, out of Debian's busybox-static: an OCI archive, the same
// bytes for the same busybox.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const busybox = process.env.BUSYBOX ?? ['/bin/busybox', '/usr/bin/busybox'].find(existsSync);
const architectures = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ia32: '386' };

const passwd = [
  'root:x:0:0:root:/root:/bin/sh',
  'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
  'bin:x:2:2:bin:/bin:/bin/false',
  'www-data:x:33:33:www-data:/var/www:/bin/false',
  'operator:x:37:37:Operator:/var:/bin/false',
  'nobody:x:65534:65534:nobody:/home:/bin/false',
];
const group = [
  'root:x:0:',
  'daemon:x:1:',
  'bin:x:2:',
  'sys:x:3:',
  'adm:x:4:',
  'tty:x:5:',
  'disk:x:6:',
  'wheel:x:10:root',
  'www-data:x:33:',
  'operator:x:37:',
  'nobody:x:65534:',
];

if (busybox === undefined) {
  console.error('no embedded image: /bin/busybox is missing (apt-get install busybox-static)');
} else {
  const path = join(top, 'dist/busybox.tar');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, await makeArchive());
  renameSync(`${path}.new`, path);
}

async function makeArchive() {
  const mtime = new Date(Math.floor(statSync(busybox).mtimeMs / 1000) * 1000);
  const layer = await tar(rootFiles(), mtime);
  const config = Buffer.from(JSON.stringify(imageConfig(layer, mtime)));
  const manifest = Buffer.from(JSON.stringify(imageManifest(config, layer)));
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        annotations: { 'org.opencontainers.image.ref.name': 'localhost/busybox:latest' },
      },
    ],
  };
  const blobs = [manifest, config, layer].map((data) => ({ name: `blobs/sha256/${hex(data)}`, data }));
  return tar(
    [
      { name: 'oci-layout', data: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
      { name: 'index.json', data: Buffer.from(JSON.stringify(index)) },
      ...blobs,
    ],
    mtime,
  );
}

function rootFiles() {
  const { stdout, status } = spawnSync(busybox, ['--list'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`running ${busybox} --list failed`);
  const applets = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  const directories = [
    'bin',
    'dev',
    'etc',
    'home',
    'lib',
    'proc',
    'sbin',
    'sys',
    'usr',
    'usr/bin',
    'usr/sbin',
    'var',
  ];
  return [
    ...directories.map((name) => ({ name, type: 'directory', mode: 0o755 })),
    { name: 'root', type: 'directory', mode: 0o700 },
    { name: 'tmp', type: 'directory', mode: 0o1777 },
    { name: 'var/tmp', type: 'directory', mode: 0o1777 },
    { name: 'bin/busybox', data: readFileSync(busybox), mode: 0o755 },
    ...applets.map((name) => ({ name: `bin/${name}`, type: 'link', linkname: 'bin/busybox', mode: 0o755 })),
    { name: 'etc/passwd', data: Buffer.from(`${passwd.join('\n')}\n`) },
    { name: 'etc/group', data: Buffer.from(`${group.join('\n')}\n`) },
    { name: 'etc/shadow', data: Buffer.from('root:*:::::::\nnobody:*:::::::\n'), mode: 0o640 },
  ];
}

function imageConfig(layer, created) {
  return {
    created: created.toISOString(),
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${hex(layer)}`] },
    history: [
      { created: created.toISOString(), created_by: 'made of busybox-static', comment: 'comes with tspod' },
    ],
  };
}

function imageManifest(config, layer) {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  };
}

function descriptor(mediaType, data) {
  return { mediaType, digest: `sha256:${hex(data)}`, size: data.length };
}

function hex(data) {
  return createHash('sha256').update(data).digest('hex');
}

async function tar(files, mtime) {
  const archive = pack();
  for (const { data, ...header } of files) {
    const entry = { mode: 0o644, uid: 0, gid: 0, mtime, ...header };
    if (data === undefined) archive.entry(entry);
    else archive.entry(entry, data);
  }
  archive.finalize();
  const chunks = [];
  for await (const chunk of archive) chunks.push(chunk);
  return Buffer.concat(chunks);
}
