import type { Context } from '../../lib/context';
import { probe } from '../../runtime/probe';
import { findProgram } from '../../sys/programs';
import { bridgeHelper } from '../networks/bridge-wish';
import { ok, type Finding } from './finding';

const MODULES = 'sudo modprobe -a';

/** Bridges, pairs of interfaces and the packet filter, made in a network namespace of their own; and what leads out of it. */
export function checkNetworks(ctx: Context): Finding {
  const bridge = probe(ctx, 'bridge')['bridge'];
  if (bridge !== 'ok') {
    const cure = `${MODULES} bridge veth nf_tables nft_masq nft_chain_nat`;
    return { level: 'warn', detail: `cannot be made: ${bridge ?? 'no answer'}`, cure };
  }
  return ok(`bridges and a packet filter can be made, out through ${bridgeHelper(ctx).name}`);
}

/** Whether published ports of networks can keep the client's address. */
export function checkClientAddress(ctx: Context): Finding {
  const answer = probe(ctx, 'client-address')['client-address'];
  if (answer === 'ok') return ok('ports of networks keep them');
  const cure = 'use a kernel with CONFIG_IP_MULTIPLE_TABLES';
  return { level: 'warn', detail: `cannot be kept: ${answer ?? 'no answer'}`, cure };
}

/** Whether `--network-rate` can limit both directions. */
export function checkBandwidth(ctx: Context): Finding {
  const answer = probe(ctx, 'bandwidth')['bandwidth'];
  if (answer === 'ok') return ok('can be limited in both directions');
  const cure = `${MODULES} sch_tbf sch_ingress cls_u32 act_mirred ifb`;
  return { level: 'warn', detail: `no --network-rate: ${answer ?? 'no answer'}`, cure };
}

/** The programs that make and mount file systems of a limited size. */
export function checkSizeLimits(ctx: Context): Finding {
  const needed = { 'mkfs.ext4': 'e2fsprogs', fuse2fs: 'fuse2fs', 'fuse-overlayfs': 'fuse-overlayfs' };
  const missing = Object.entries(needed).filter(([name]) => findProgram(ctx, name) === undefined);
  if (missing.length === 0) return ok('of volumes and containers');
  const cure = `sudo apt install ${missing.map(([, packageName]) => packageName).join(' ')}`;
  return { level: 'warn', detail: `not installed: ${missing.map(([name]) => name).join(' ')}`, cure };
}
