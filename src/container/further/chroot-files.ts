import type { Context } from '../../lib/context';
import type { OciSpec } from '../../runtime/oci-spec';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';

const FILES = ['/etc/hosts', '/etc/resolv.conf'];

/** `--chrootdirs`: what tspod mounts into /etc is mounted into that of these directories too. */
export function addChrootFiles(ctx: Context, record: ContainerRecord, spec: OciSpec): void {
  const { directory } = containerPaths(ctx, record.id);
  const own = spec.mounts.filter(
    ({ destination, source = '' }) => FILES.includes(destination) && source.startsWith(`${directory}/`),
  );
  for (const folder of record.options.further?.chrootDirs ?? []) {
    for (const mount of own)
      spec.mounts.push({ ...mount, destination: `${folder.replace(/\/+$/, '')}${mount.destination}` });
  }
}
