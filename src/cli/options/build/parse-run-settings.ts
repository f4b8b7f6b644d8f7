import { isAbsolute, resolve } from 'node:path';
import type { RunSettings } from '../../../build/request';
import { PROXY_ARGUMENTS } from '../../../build/language/scope';
import { checkCapabilities } from '../../../container/capabilities';
import { isCdiName, parseDevice } from '../../../container/options/parse-device';
import { parseLimits } from '../../../container/options/parse-limits';
import { parseNamespace } from '../../../container/options/parse-namespace';
import { parseSecurity } from '../../../container/options/parse-security';
import { parseUlimit } from '../../../container/options/parse-ulimit';
import type { NamespaceMode } from '../../../container/record';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import { parseAddHost } from '../../../network/hosts-file';
import { parseNetworkMode } from '../../../network/parse-network-mode';
import { parseVolume } from '../../../volume/parse-volume';
import { parseShmSize } from '../container/parse-storage';
import type { BuildFlags } from './build-options';

/** How containers of RUN are made. Throws 'usage' or 'unsupported'. */
export function parseRunSettings(flags: BuildFlags, { env }: Pick<Context, 'env'>): RunSettings {
  checkCapabilities(flags['cap-add'], flags['cap-drop']);
  checkUserns(flags.userns);
  // what host-gateway is turns out when a container is made
  for (const text of flags['add-host']) parseAddHost(text, '127.0.0.1');
  const parent = flags['cgroup-parent'];
  return {
    addHost: flags['add-host'],
    noHosts: flags['no-hosts'] ?? false,
    ...(flags['no-hostname'] ? { noHostname: true } : {}),
    dns: flags.dns,
    dnsSearch: flags['dns-search'],
    dnsOptions: flags['dns-option'],
    network: parseNetworkMode(networkText(flags.network)),
    namespaces: {
      pid: namespaceOf('pid', flags.pid),
      ipc: namespaceOf('ipc', flags.ipc),
      uts: namespaceOf('uts', flags.uts),
      cgroup: namespaceOf('cgroupns', flags.cgroupns),
    },
    userns: { kind: 'host' },
    groupAdd: flags['group-add'],
    capAdd: flags['cap-add'],
    capDrop: flags['cap-drop'],
    security: parseSecurity(flags['security-opt']),
    devices: flags.device.map(deviceOf),
    ulimits: flags.ulimit.map(parseUlimit),
    limits: limitsOf(flags),
    shmSize: parseShmSize(flags['shm-size'] ?? '65536k'),
    mounts: flags.volume.map(volumeOf),
    ...(parent ? { cgroupParent: parent } : {}),
    isolation: parseIsolationType(flags.isolation ?? env['BUILDAH_ISOLATION'] ?? 'rootless'),
    stdin: flags.stdin ?? false,
    proxies: flags['http-proxy'] ? proxiesOf(env) : {},
    hooksDirs: flags['hooks-dir'].map((path) => resolve(path)),
  };
}

/** buildah's words for modes that have other ones. A path alone is a namespace. */
function networkText(text = 'private'): string {
  if (text === 'container') return 'private';
  return isAbsolute(text) ? `ns:${text}` : text;
}

function namespaceOf(option: 'pid' | 'ipc' | 'uts' | 'cgroupns', text: string | undefined): NamespaceMode {
  if (text !== undefined && isAbsolute(text)) return { kind: 'path', target: text };
  return parseNamespace(option, text === 'container' || text === undefined ? 'private' : text);
}

function checkUserns(text: string | undefined): void {
  if (text === undefined || ['', 'host', 'private', 'container'].includes(text)) return;
  throw new TspodError(
    'unsupported',
    `--userns=${text} is not supported: layers have the ids of the common user namespace`,
    {
      hint: 'leave it out, or use --userns=host',
    },
  );
}

function deviceOf(text: string) {
  if (!isCdiName(text)) return parseDevice(text);
  throw new TspodError('unsupported', `--device ${text} is not supported: builds have no CDI devices`, {
    hint: 'name the device node: --device /dev/NAME',
  });
}

function limitsOf(flags: BuildFlags) {
  const texts = {
    memory: flags.memory,
    memorySwap: flags['memory-swap'],
    cpuQuota: flags['cpu-quota'],
    cpuPeriod: flags['cpu-period'],
    cpuShares: flags['cpu-shares'],
    cpusetCpus: flags['cpuset-cpus'],
    cpusetMems: flags['cpuset-mems'],
  };
  const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  const none = {
    blkioWeightDevice: [],
    deviceReadBps: [],
    deviceWriteBps: [],
    deviceReadIops: [],
    deviceWriteIops: [],
  };
  // no limit of processes that was not asked for
  return parseLimits({ ...none, ...given }, 0);
}

function volumeOf(text: string) {
  const mount = parseVolume(
    /^\.{1,2}(\/|:)/.test(text) ? resolve(text.split(':')[0] ?? '') + text.slice(text.indexOf(':')) : text,
  );
  if (mount.kind === 'bind' || mount.kind === 'overlay') return mount;
  throw new TspodError(
    'usage',
    `--volume "${text}": incorrect volume format, should be host-dir:ctr-dir[:option]`,
  );
}

function parseIsolationType(text: string): RunSettings['isolation'] {
  if (text === '' || text === 'oci' || text === 'rootless') return 'oci';
  if (text === 'chroot')
    throw new TspodError(
      'unsupported',
      '--isolation=chroot is not supported: RUN always has its own namespaces',
      {
        hint: 'leave it out; unset BUILDAH_ISOLATION',
      },
    );
  throw new TspodError('usage', `unrecognized isolation type "${text}"`, { hint: 'use oci or rootless' });
}

function proxiesOf(env: Context['env']): Record<string, string> {
  return Object.fromEntries(
    PROXY_ARGUMENTS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
