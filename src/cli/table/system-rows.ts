import type { CommandRow } from '../command-table';

const NO_SERVICE = 'tspod needs no service: each command works by itself';

/** What concerns tspod and the machine as a whole. */
export const systemRows: readonly CommandRow[] = [
  {
    path: 'auto-update',
    summary: 'Update containers according to their auto-update policy',
    load: () => import('../commands/system/auto-update'),
  },
  {
    path: 'completion',
    summary: 'Print the completion script of a shell',
    load: () => import('../commands/system/completion'),
  },
  {
    path: '__complete',
    summary: 'Answer a completion script',
    hidden: true,
    load: () => import('../commands/system/complete'),
  },
  { path: 'compose', summary: 'Run a compose workload', instead: 'start its containers with "tspod run"' },
  {
    path: 'diff',
    summary: 'Display the changes to the file system of a container or an image',
    load: () => import('../commands/container/diff-any'),
  },
  {
    path: 'doctor',
    aliases: ['system doctor'],
    summary: 'Tell what works on this machine, and what mends the rest',
    load: () => import('../commands/system/doctor'),
  },
  { path: 'help', summary: 'Help about any command', load: () => import('../commands/system/help') },
  {
    path: 'inspect',
    summary: 'Display the configuration of containers, images and volumes',
    load: () => import('../commands/container/inspect-any'),
  },
  {
    path: 'system install-units',
    summary: 'Install the units of systemd that come with tspod',
    load: () => import('../commands/system/install-units'),
  },
  {
    path: 'system info',
    aliases: ['info'],
    summary: 'Display information about the engine and the machine',
    load: () => import('../commands/system/info'),
  },
  {
    path: 'system events',
    aliases: ['events'],
    summary: 'Show events',
    load: () => import('../commands/system/events'),
  },
  {
    path: 'system check',
    summary: 'Check the consistency of the store',
    load: () => import('../commands/system/check'),
  },
  {
    path: 'system df',
    summary: 'Show how much disk is used',
    load: () => import('../commands/system/df'),
  },
  {
    path: 'system migrate',
    summary: 'Migrate containers',
    instead: 'records of older versions are read as they are',
  },
  {
    path: 'system prune',
    summary: 'Remove unused data',
    load: () => import('../commands/system/prune'),
  },
  { path: 'system renumber', summary: 'Migrate lock numbers', instead: 'tspod has no numbered locks' },
  { path: 'system reset', summary: 'Reset the store', load: () => import('../commands/system/reset') },
  { path: 'system service', summary: 'Run an API service', instead: NO_SERVICE },
  {
    path: 'system connection add',
    aliases: ['context create'],
    summary: 'Record a destination of a remote service',
    instead: NO_SERVICE,
  },
  {
    path: 'system connection default',
    aliases: ['context use'],
    summary: 'Set a destination as default',
    instead: NO_SERVICE,
  },
  {
    path: 'system connection list',
    aliases: ['system connection ls', 'context list', 'context ls', 'context inspect'],
    summary: 'List the destinations of remote services',
    instead: NO_SERVICE,
  },
  {
    path: 'system connection remove',
    aliases: ['system connection rm', 'context remove', 'context rm'],
    summary: 'Delete a destination',
    instead: NO_SERVICE,
  },
  { path: 'system connection rename', summary: 'Rename a destination', instead: NO_SERVICE },
  {
    path: 'unshare',
    aliases: ['system unshare'],
    summary: 'Run a command in the user namespace of the containers',
    load: () => import('../commands/system/unshare'),
  },
  {
    path: 'system dial-stdio',
    summary: 'Pass standard input and output on to the API service',
    hidden: true,
    instead: NO_SERVICE,
  },
  {
    path: 'system locks',
    summary: "Debug Podman's locks",
    hidden: true,
    instead: 'tspod has no numbered locks',
  },
  { path: 'version', summary: 'Display the version', load: () => import('../commands/system/version') },
];
