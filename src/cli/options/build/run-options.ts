import { defineOptions } from '../../define-command';
import { RESOURCE_OPTIONS } from '../resource-options';

/** How the programs of RUN run. */
export const buildRunOptions = defineOptions({
  ...RESOURCE_OPTIONS,
  'add-host': { type: 'list', value: 'NAME:ADDRESS', description: 'Add a line to /etc/hosts' },
  'cap-add': { type: 'list', commas: true, value: 'CAPABILITY', description: 'Add a capability' },
  'cap-drop': { type: 'list', commas: true, value: 'CAPABILITY', description: 'Drop a capability' },
  'cgroup-parent': { type: 'string', value: 'PATH', description: 'Make the control group below this one' },
  cgroupns: { type: 'string', value: 'MODE', description: 'Control group namespace: private or host' },
  'compat-volumes': {
    type: 'boolean',
    description: 'Keep what RUN writes into volumes: always so, as BuildKit does it',
    hidden: true,
  },
  device: { type: 'list', value: 'PATH[:PATH[:rwm]]', description: 'Give a device of this machine' },
  dns: {
    type: 'list',
    value: 'ADDRESS',
    description: 'Name server; "none" leaves /etc/resolv.conf as it is',
  },
  'dns-option': { type: 'list', value: 'OPTION', description: 'Option of /etc/resolv.conf' },
  'dns-search': { type: 'list', value: 'DOMAIN', description: 'Domain that names are looked for in' },
  'group-add': { type: 'list', commas: true, value: 'GROUP', description: 'Add a group to the process' },
  'hooks-dir': {
    type: 'list',
    value: 'DIRECTORY',
    description: 'Directory of OCI hooks, which run for each RUN; may be repeated',
  },
  'http-proxy': {
    type: 'boolean',
    default: true,
    description: 'Hand the variables of proxies on to RUN; the image does not have them (default true)',
  },
  ipc: { type: 'string', value: 'MODE', description: 'IPC namespace: private, host or ns:PATH' },
  isolation: {
    type: 'string',
    value: 'TYPE',
    description: 'How RUN is isolated: oci or rootless (default, or BUILDAH_ISOLATION)',
  },
  network: {
    type: 'string',
    value: 'MODE',
    aliases: ['net'],
    description:
      'Network of RUN: private (default), none, host, ns:PATH, slirp4netns, pasta, or the name of a network',
  },
  'no-hostname': { type: 'boolean', description: "Leave the image's /etc/hostname as it is" },
  'no-hosts': { type: 'boolean', description: "Leave the image's /etc/hosts as it is" },
  pid: { type: 'string', value: 'MODE', description: 'PID namespace: private, host or ns:PATH' },
  'runtime-flag': {
    type: 'list',
    value: 'FLAG',
    description: 'Global flag of the OCI runtime',
    hidden: true,
    refuse: 'RUN is started by the native helper',
  },
  'security-opt': {
    type: 'list',
    value: 'OPTION',
    description: 'As that of run: seccomp=FILE, no-new-privileges, ...',
  },
  'shm-size': { type: 'string', value: 'SIZE', description: 'Size of /dev/shm (default 65536k)' },
  stdin: { type: 'boolean', description: 'Programs of RUN read the standard input of the build' },
  ulimit: { type: 'list', value: 'NAME=SOFT[:HARD]', description: 'Limit of resources' },
  userns: {
    type: 'string',
    value: 'MODE',
    description: 'User namespace: only host and private, the common one',
  },
  'userns-gid-map': refusedMap('list'),
  'userns-gid-map-group': refusedMap('string'),
  'userns-uid-map': refusedMap('list'),
  'userns-uid-map-user': refusedMap('string'),
  uts: { type: 'string', value: 'MODE', description: 'UTS namespace: private, host or ns:PATH' },
  volume: {
    type: 'list',
    short: 'v',
    value: 'PATH:PATH[:OPTIONS]',
    description: 'Mount a directory of this machine',
  },
});

function refusedMap<const T extends 'list' | 'string'>(type: T) {
  return {
    type,
    description: 'Not supported: layers have the ids of the common user namespace',
    hidden: true,
    refuse: 'layers have the ids of the common user namespace',
  } as const;
}
