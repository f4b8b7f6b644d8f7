import { shortId } from '../../lib/id';
import { commandText, createdText, portsText, sizeText, statusText } from './describe-listed';
import type { ListedContainer } from './list';
import { namespaceId } from '../namespaces';

/** How fields are shown. */
export interface PsFieldOptions {
  noTrunc: boolean;
  /** Bytes written by each container, by id; absent when sizes were not asked for. */
  sizes?: ReadonlyMap<string, number>;
  /** Nanoseconds since 1970. */
  now: bigint;
}

/** The cells of the default tables of `ps`, worked out when they are printed. */
export function psRow(listed: ListedContainer, options: PsFieldOptions): object {
  const { record, state } = listed;
  const namespace = (name: Parameters<typeof namespaceId>[1]) => (): string =>
    state.pid > 0 ? namespaceId(state.pid, name) : '';
  return {
    ID: options.noTrunc ? record.id : shortId(record.id),
    Image: record.imageName,
    Command: () => commandText(record, options.noTrunc),
    CreatedHuman: () => createdText(record, options.now),
    Status: () => statusText(listed, options.now),
    Ports: () => portsText(record),
    Names: record.name,
    Size: () => psSize(listed, options),
    Pid: state.pid,
    CGROUPNS: namespace('cgroup'),
    IPC: namespace('ipc'),
    MNT: namespace('mnt'),
    NET: namespace('net'),
    PIDNS: namespace('pid'),
    USERNS: namespace('user'),
    UTS: namespace('uts'),
  };
}

/** `10.7kB (virtual 2.01MB)`; empty when sizes were not asked for. */
export function psSize({ record }: ListedContainer, { sizes }: PsFieldOptions): string {
  const written = sizes?.get(record.id);
  return written === undefined ? '' : sizeText(written, record.imageSize);
}
