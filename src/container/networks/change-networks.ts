import { renameSync, writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { networkHelper } from '../../network/network-plan';
import { findNetwork } from '../../network/record/network-record';
import type { NetworkAsk, NetworkMode } from '../../network/types';
import { Plan } from '../../runtime/plan';
import { updateMonitor } from '../../runtime/update-monitor';
import { recordEvent } from '../../store/events/record-event';
import { writeFileAtomic } from '../../sys/file-io';
import { withAsyncLock } from './with-async-lock';
import { loadRecord } from '../find';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { isAlive, readState } from '../state/status';
import { networkStatePath, readNetworkState } from './network-state';
import { checkInterfaces, resolveAsk } from './resolve-networks';
import { addBridge, prepareBridge, writeBridgeFiles, type BridgeStart } from './start-bridge';

/**
 * Connects a container to a further network, at once when it runs. All of it is done, or nothing. Throws 'state' for one that has no bridges or
 * is connected already, 'in-use' for an address that is taken.
 */
export async function connectNetwork(ctx: Context, id: string, ask: NetworkAsk): Promise<void> {
  const { name } = findNetwork(ctx, ask.name);
  await changeNetworks(ctx, id, 'connect', (record, networks) => {
    if (networks.some((each) => each.name === name))
      throw new TspodError(
        'state',
        `container ${id} is already connected to network ${name}: network is already connected`,
        { hint: `disconnect it first: tspod network disconnect ${name} ${record.name}` },
      );
    const all = [...networks, resolveNew(ctx, { ...ask, name })];
    checkInterfaces(all);
    return { all, name };
  });
}

/** Nothing was started: it is the engine that failed. */
function resolveNew(ctx: Context, ask: NetworkAsk): NetworkAsk {
  try {
    return resolveAsk(ctx, ask);
  } catch (error) {
    if (!(error instanceof TspodError)) throw error;
    throw new TspodError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
}

/** Disconnects a container from a network, at once when it runs. Throws 'state' for one that is not connected, unless `force` is given. */
export async function disconnectNetwork(
  ctx: Context,
  id: string,
  { network, force }: { network: string; force: boolean },
): Promise<void> {
  const name = nameOf(ctx, id, network);
  await changeNetworks(ctx, id, 'disconnect', (record, networks) => {
    const all = networks.filter((each) => each.name !== name);
    if (all.length < networks.length) return { all, name };
    if (force) return undefined;
    throw new TspodError('state', `container ${record.name} is not connected to network ${name}`, {
      hint: `it is connected to: ${networks.map((each) => each.name).join(', ') || 'none'}`,
    });
  });
}

/** Makes a running container's networks anew, with what their records say by now. Throws 'state' for one that does not run. */
export async function reloadNetworks(ctx: Context, id: string): Promise<void> {
  await withAsyncLock(containerPaths(ctx, id).lock, async () => {
    const record = loadRecord(ctx, id);
    networksOf(ctx, record);
    if (!isAlive(readState(ctx, id)))
      throw new TspodError('state', `container "${record.name}" is not running`, {
        hint: `start it: tspod start ${record.name}`,
      });
    await applyNetworks(ctx, record);
  });
}

/** A network whose record is gone can still be left. */
function nameOf(ctx: Context, id: string, network: string): string {
  const { options } = loadRecord(ctx, id);
  const isIts =
    options.network.kind === 'bridge' && options.network.networks.some(({ name }) => name === network);
  return isIts ? network : findNetwork(ctx, network).name;
}

type Change = (
  record: ContainerRecord,
  networks: readonly NetworkAsk[],
) => { all: NetworkAsk[]; name: string } | undefined;

async function changeNetworks(ctx: Context, id: string, status: string, change: Change): Promise<void> {
  const paths = containerPaths(ctx, id);
  await withAsyncLock(paths.lock, async () => {
    const before = loadRecord(ctx, id);
    const changed = change(before, networksOf(ctx, before));
    if (changed === undefined) return;
    const network: NetworkMode = { kind: 'bridge', networks: changed.all };
    const record = { ...before, options: { ...before.options, network } };
    if (isAlive(readState(ctx, id))) await applyNetworks(ctx, record);
    writeFileAtomic(paths.record, `${JSON.stringify(record)}\n`, {
      temporary: `${paths.record}.${process.pid}`,
    });
    recordEvent(ctx, { type: 'network', status, id, name: record.name, network: changed.name });
  });
}

/** The monitor goes first: it alone knows whether it can be done. */
async function applyNetworks(ctx: Context, record: ContainerRecord): Promise<void> {
  const state = readNetworkState(ctx, record.id);
  const bridge = prepareBridge(ctx, record, { files: false });
  try {
    await tellMonitor(ctx, record, bridge);
  } catch (error) {
    const path = networkStatePath(ctx, record.id);
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    const { code, message, hint } = wrapError(`changing the networks of container "${record.name}"`, error);
    throw new TspodError(code, message, { cause: error, ...(hint === undefined ? {} : { hint }) });
  }
  writeBridgeFiles(ctx, record, bridge.feet);
}

async function tellMonitor(ctx: Context, record: ContainerRecord, bridge: BridgeStart): Promise<void> {
  const plan = new Plan();
  addBridge(plan, ctx, bridge);
  await updateMonitor(containerPaths(ctx, record.id).attachSocket, plan);
}

/** The networks of a container on bridges. Throws 'usage' in Podman's words for another one. */
function networksOf(ctx: Context, { options: { network }, name }: ContainerRecord): NetworkAsk[] {
  if (network.kind === 'bridge') return network.networks;
  const mode = network.kind === 'private' ? networkHelper(ctx, network)?.name : network.kind;
  throw new TspodError('usage', `"${mode ?? network.kind}" is not supported: invalid network mode`, {
    hint: `only containers that were made with --network bridge or the name of a network can be connected to others: "${name}" was not`,
  });
}
