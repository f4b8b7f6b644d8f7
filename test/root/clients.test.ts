import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { needs } from '../helpers/capabilities';
import { nodeInContainer } from '../helpers/node-container';
import { tspodProgram } from '../helpers/project';
import { testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

/** Says who asks, by TCP and by UDP. */
const SERVER = `
  const say = (address) => address.replace('::ffff:', '');
  require('net').createServer((socket) => socket.end(say(socket.remoteAddress))).listen(80);
  const datagrams = require('dgram').createSocket('udp6');
  datagrams.on('message', (_, { port, address }) => datagrams.send(say(address), port, address)).bind(80);`;

/** Asks a server by both until it answers. */
const CLIENT = `
  const [host, port] = process.argv.slice(2);
  const isSix = host.includes(':');
  const tell = (what, answer) => console.log(what + (isSix ? 6 : 4) + ' ' + answer);
  const again = (ask) => { const timer = setInterval(ask, 200); ask(); return () => clearInterval(timer); };
  let isTold = false;
  const stop = again(() => {
    const socket = require('net').connect(port, host);
    let heard = '';
    socket.on('data', (data) => (heard += data)).on('error', () => undefined);
    socket.on('close', () => { if (heard && !isTold) { isTold = true; stop(); tell('tcp', heard); datagram(); } });
  });
  function datagram() {
    const socket = require('dgram').createSocket(isSix ? 'udp6' : 'udp4');
    const stop = again(() => socket.send('who', port, host));
    socket.once('message', (data) => { stop(); tell('udp', data); process.exit(); });
  }`;

/** This machine, with an address of each family, and another one on the same wire. */
const MACHINES = `
  set -e
  ip link set lo up
  unshare --net sleep 600 & other=$!
  trap 'tspod rm --all --force --time 0 >/dev/null; kill $other' EXIT
  until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
  ip link add wire0 type veth peer name wire1 netns $other
  ip address add 10.213.90.1/24 dev wire0
  ip address add fd00:213:90::1/64 dev wire0 nodad
  ip link set wire0 up
  there() { nsenter --target $other --net "$@"; }
  there ip address add 10.213.90.2/24 dev wire1
  there ip address add fd00:213:90::2/64 dev wire1 nodad
  there ip link set wire1 up
  tspod network create --ipv6 wired >/dev/null
  tspod run -d --network wired -p 8093:80/tcp -p 8093:80/udp "$@" busybox /node -e "$SERVER" >/dev/null
  for host in 10.213.90.1 fd00:213:90::1; do timeout 60 nsenter --target $other --net "$NODE" "$CLIENT" $host 8093; done`;

test(
  'a client on another machine is seen with its address, by TCP and UDP, IPv4 and IPv6',
  needs('tun'),
  async () => {
    const folder = testFolder('clients');
    writeFileSync(join(folder, 'client.cjs'), CLIENT);
    const places = `--root ${folder}/root --runroot ${folder}/run`;
    writeFileSync(join(folder, 'machines'), `tspod() { '${tspodProgram}' ${places} "$@"; }\n${MACHINES}`);
    const { stdout } = await runTspod(['--net', 'bash', join(folder, 'machines'), ...nodeInContainer], {
      program: 'unshare',
      env: { SERVER, CLIENT: join(folder, 'client.cjs'), NODE: process.execPath },
      timeout: 180_000,
    });
    const [four, six] = ['10.213.90.2', 'fd00:213:90::2'];
    assert.equal(stdout, `tcp4 ${four}\nudp4 ${four}\ntcp6 ${six}\nudp6 ${six}\n`);
  },
);
