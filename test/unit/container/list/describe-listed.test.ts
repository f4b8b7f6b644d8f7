import assert from 'node:assert/strict';
import test from 'node:test';
import { commandText, portsText, sizeText, statusText } from '../../../../src/container/list/describe-listed';
import { listContainers } from '../../../../src/container/list/list';
import { findPublished, publishedPorts } from '../../../../src/container/ports';
import type { ContainerPhase, ContainerState } from '../../../../src/container/state/status';
import type { PortMapping } from '../../../../src/network/types';
import { makeSandbox } from '../sandbox';
import { idFrom, storeContainer } from '../stored-container';

const SECOND = 1_000_000_000n;
const NOW = 1_700_000_000n * SECOND;

const states: [ContainerPhase, Partial<ContainerState>, string][] = [
  ['created', {}, 'Created'],
  ['initialized', {}, 'Initialized'],
  ['running', { startedNs: NOW - 3n * SECOND }, 'Up 3 seconds'],
  ['paused', { startedNs: NOW - 3n * SECOND }, 'Paused'],
  ['running', { startedNs: NOW - 3n * SECOND, health: 'starting' }, 'Up 3 seconds (starting)'],
  ['exited', { exitCode: 137, finishedNs: NOW - 120n * SECOND }, 'Exited (137) 2 minutes ago'],
  ['exited', { exitCode: 0, finishedNs: NOW - 120n * SECOND, health: 'stopped' }, 'Exited (0) 2 minutes ago'],
  [
    'exited',
    { exitCode: 137, finishedNs: NOW - 120n * SECOND, health: 'unhealthy' },
    'Exited (137) 2 minutes ago (unhealthy)',
  ],
];
for (const [phase, changes, text] of states) {
  test(`the status of a container that is ${phase} reads ${text}`, (t) => {
    const { ctx } = makeSandbox(t);
    storeContainer(ctx, { id: idFrom('a'), name: 'web' });
    const [listed] = listContainers(ctx);
    assert.ok(listed);
    assert.equal(statusText({ ...listed, state: { ...listed.state, phase, ...changes } }, NOW), text);
  });
}

test('commandText() cuts a long command as Podman does', (t) => {
  const { ctx } = makeSandbox(t);
  const argv = ['busybox', 'sh', '-c', 'echo hi; echo err >&2; exit 3'];
  const record = storeContainer(ctx, { id: idFrom('a'), name: 'web', argv });
  assert.equal(commandText(record, false), 'sh -c echo hi; ec...');
  assert.equal(commandText(record, true), 'sh -c echo hi; echo err >&2; exit 3');
});

const port = (changes: Partial<PortMapping>): PortMapping => ({
  ...{ hostIp: '', hostPort: 8080, containerPort: 80, range: 1, protocol: 'tcp' },
  ...changes,
});
const PORTS = [
  port({}),
  port({ hostIp: '127.0.0.1', hostPort: 9000, containerPort: 90, range: 2 }),
  port({ hostIp: '127.0.0.1', hostPort: 9002, containerPort: 92 }),
  port({ hostPort: 5353, containerPort: 53, protocol: 'udp' }),
  port({ hostIp: '::1', hostPort: 100, containerPort: 100 }),
];

test('portsText() joins neighbours and adds what is only exposed', (t) => {
  const { ctx } = makeSandbox(t);
  const exposedPorts = [80, 99].map((each) => ({ port: each, protocol: 'tcp' as const }));
  const record = storeContainer(ctx, {
    id: idFrom('a'),
    name: 'web',
    changes: { ports: PORTS, exposedPorts },
  });
  assert.equal(
    portsText(record),
    '0.0.0.0:5353->53/udp, 0.0.0.0:8080->80/tcp, 127.0.0.1:9000-9002->90-92/tcp, [::1]:100->100/tcp, 99/tcp',
  );
});

test('publishedPorts() lists each port of a range; findPublished() wants the protocol when it is not tcp', (t) => {
  const { ctx } = makeSandbox(t);
  const record = storeContainer(ctx, { id: idFrom('a'), name: 'web', changes: { ports: PORTS } });
  assert.equal(publishedPorts(record).length, 6);
  assert.deepEqual(
    findPublished(record, '91').map(({ host }) => host),
    ['127.0.0.1:9001'],
  );
  assert.deepEqual(
    findPublished(record, '53/udp').map(({ host }) => host),
    ['0.0.0.0:5353'],
  );
  assert.throws(() => findPublished(record, '53'), { message: 'failed to find published port "53"' });
});

test('sizeText() shows what was written, and that with the image', () => {
  assert.equal(sizeText(10_700, 2_000_000), '10.7kB (virtual 2.01MB)');
});
