// demo.mjs: the main job in a few lines, each checked: what is not so is told, and makes the exit status 1.
import { execFile, spawnSync } from 'node:child_process';
import { readlinkSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const tspod = join(dirname(fileURLToPath(import.meta.url)), '../bin/tspod');
let failures = 0;

console.log(
  `tspod as user "${userInfo().username}" (uid ${process.getuid()}) on ${hostname()}, no daemon, no root\n`,
);
try {
  hello();
  namespaces();
  await network();
  sharedLayers();
  startTime();
} finally {
  run('rm', '--all', '--force', '--time', '0');
}
console.log(failures === 0 ? '\nAll as it should be.' : `\n${failures} of these are not as they should be.`);
process.exit(failures === 0 ? 0 : 1);

function hello() {
  const out = run('run', '--rm', 'busybox', 'echo', 'hello from a container');
  show('first container', out === 'hello from a container', out);
}

function namespaces() {
  const kinds = ['user', 'pid', 'mnt', 'uts', 'net'];
  const names = { user: 'user', pid: 'process', mnt: 'mount', uts: 'host name', net: 'network' };
  const script = `${kinds.map((kind) => `readlink /proc/self/ns/${kind}`).join('; ')}; id -u; hostname; echo $$`;
  const lines = run('run', '--rm', '--hostname', 'demo', 'busybox', 'sh', '-c', script).split('\n');
  kinds.forEach((kind, index) => {
    const inside = lines[index] ?? '';
    const outside = readlinkSync(`/proc/self/ns/${kind}`);
    const isOwn = /^\w+:\[\d+\]$/.test(inside) && inside !== outside;
    show(`own ${names[kind]} namespace`, isOwn, `${inside} (outside ${outside})`);
  });
  const [uid, name, pid] = lines.slice(kinds.length);
  show(
    'inside it is',
    uid === '0' && name === 'demo' && pid === '1',
    `uid ${uid}, host name ${name}, pid ${pid}`,
  );
}

async function network() {
  const server = createServer((_request, response) => response.end('hello from the host\n'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://10.0.2.2:${server.address().port}/`;
  const args = [
    'run',
    '--rm',
    '--network',
    'slirp4netns:allow_host_loopback=true',
    'busybox',
    'wget',
    '-q',
    '-O',
    '-',
    url,
  ];
  const out = await promisify(execFile)(tspod, args, { timeout: 30_000 }).then(
    ({ stdout }) => stdout.trim(),
    (error) => `${error.message} ${error.stderr ?? ''}`,
  );
  server.close();
  show('reaches a server on the host', out === 'hello from the host', out);
}

function sharedLayers() {
  run('run', '--detach', '--name', 'demo-one', 'busybox', 'sleep', '60');
  const before = layers();
  run('run', '--detach', '--name', 'demo-two', 'busybox', 'sleep', '60');
  const running = run('ps', '--format', '{{.Names}}').split('\n').sort().join(' and ');
  const after = layers();
  const isShared = running === 'demo-one and demo-two' && before === after && after > 0;
  show(
    'two containers share the layers',
    isShared,
    `${running} on ${after} unpacked layer${after === 1 ? '' : 's'}`,
  );
}

function layers() {
  try {
    const names = readdirSync(join(process.env.HOME, '.local/share/tspod/layers'));
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).length;
  } catch {
    return 0;
  }
}

function startTime() {
  const times = [];
  for (let count = 0; count < 10; count++) {
    const start = performance.now();
    run('run', '--rm', '--network', 'none', 'busybox', 'true');
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  show('a start and its removal took', true, `${times[5].toFixed(0)} ms (median of 10, no network)`);
}

function show(what, isSo, detail) {
  if (!isSo) failures += 1;
  console.log(`${isSo ? '✔' : '✖'} ${what.padEnd(32)} ${detail}`);
}

function run(...args) {
  const { status, stdout, stderr, error } = spawnSync(tspod, args, { encoding: 'utf8', timeout: 60_000 });
  if (status === 0) return stdout.trim();
  failures += 1;
  console.log(`✖ tspod ${args.join(' ')}: ${error?.message ?? `exit status ${status}`}\n${stderr.trim()}`);
  return '';
}
