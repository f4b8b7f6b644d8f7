import { TspodError } from '../../lib/errors';

/** Settings of the ipc namespace; `fs.mqueue.` ones besides. Source: kernel Documentation/admin-guide/sysctl. */
const IPC = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
]);

/** The namespace that a setting belongs to; undefined when it belongs to the whole machine. */
export function sysctlNamespace(name: string): 'network' | 'ipc' | 'uts' | undefined {
  if (name.startsWith('net.')) return 'network';
  if (IPC.has(name) || name.startsWith('fs.mqueue.')) return 'ipc';
  return name === 'kernel.hostname' || name === 'kernel.domainname' ? 'uts' : undefined;
}

/** Parses `--sysctl NAME=VALUE`; only namespaced settings are allowed. Throws 'usage'. */
export function parseSysctls(texts: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals <= 0)
      throw new TspodError(
        'usage',
        `--sysctl "${text}" is invalid, sysctl values must be in the form of KEY=VALUE`,
      );
    const name = text.slice(0, equals).trim().replaceAll('/', '.');
    if (name.includes('..') || sysctlNamespace(name) === undefined) {
      throw new TspodError('usage', `sysctl '${name}' is not allowed`, {
        hint: 'only settings of the network (net.*) and ipc namespaces belong to a container',
      });
    }
    result[name] = text.slice(equals + 1).trim();
  }
  return result;
}
