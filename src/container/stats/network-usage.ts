import { readProcFile } from '../state/process-time';

/** The counters of one interface. */
export interface InterfaceUsage {
  RxBytes: number;
  RxDropped: number;
  RxErrors: number;
  RxPackets: number;
  TxBytes: number;
  TxDropped: number;
  TxErrors: number;
  TxPackets: number;
}

/** The interfaces of the network namespace of a process, without the loopback. */
export function networkUsage(pid: number): Record<string, InterfaceUsage> {
  return parseInterfaces(readProcFile(`/proc/${pid}/net/dev`) ?? '');
}

/** Reads the text of /proc/PID/net/dev: receive bytes, packets, errs, drop and four more, then the same for transmit. */
export function parseInterfaces(text: string): Record<string, InterfaceUsage> {
  const interfaces: Record<string, InterfaceUsage> = {};
  for (const line of text.split('\n').slice(2)) {
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon < 0 || name === 'lo') continue;
    const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets, txErrors, txDropped] = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    interfaces[name] = {
      RxBytes: rxBytes ?? 0,
      RxDropped: rxDropped ?? 0,
      RxErrors: rxErrors ?? 0,
      RxPackets: rxPackets ?? 0,
      TxBytes: txBytes ?? 0,
      TxDropped: txDropped ?? 0,
      TxErrors: txErrors ?? 0,
      TxPackets: txPackets ?? 0,
    };
  }
  return interfaces;
}
