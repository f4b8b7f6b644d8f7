/** Options of `run` and `create` that say what a container may see and do. */
export const ISOLATION_OPTIONS = {
  'cap-add': { type: 'list', commas: true, value: 'CAPABILITY', description: 'Add a capability, or all' },
  'cap-drop': { type: 'list', commas: true, value: 'CAPABILITY', description: 'Drop a capability, or all' },
  cgroupns: {
    type: 'string',
    value: 'MODE',
    description: 'Cgroup namespace: private, host, container:NAME, ns:PATH',
  },
  gidmap: {
    type: 'list',
    commas: true,
    value: 'MAP',
    description: 'Group id map CONTAINER:FROM[:SIZE] of a user namespace',
  },
  hostname: { type: 'string', short: 'h', value: 'NAME', description: 'Set the host name' },
  ipc: {
    type: 'string',
    value: 'MODE',
    description: 'IPC namespace: private, shareable, host, none, container:NAME',
  },
  pid: {
    type: 'string',
    value: 'MODE',
    description: 'Process namespace: private, host, container:NAME, ns:PATH',
  },
  privileged: { type: 'boolean', description: 'Give it all privileges that you have yourself' },
  'security-opt': {
    type: 'list',
    value: 'OPTION',
    description: 'no-new-privileges, seccomp=FILE, mask=PATH, unmask=PATH, label=..., apparmor=...',
  },
  sysctl: { type: 'list', commas: true, value: 'NAME=VALUE', description: 'Set a namespaced kernel setting' },
  uidmap: {
    type: 'list',
    commas: true,
    value: 'MAP',
    description: 'User id map CONTAINER:FROM[:SIZE] of a user namespace',
  },
  ulimit: {
    type: 'list',
    commas: true,
    value: 'NAME=SOFT[:HARD]',
    description: 'Set a resource limit, or host',
  },
  userns: {
    type: 'string',
    value: 'MODE',
    description: 'User namespace: host, keep-id, auto, nomap, container:NAME',
  },
  uts: {
    type: 'string',
    value: 'MODE',
    description: 'Host name namespace: private, host, container:NAME, ns:PATH',
  },
} as const;
