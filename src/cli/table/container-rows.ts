import type { CommandRow } from '../command-table';

/** `container <verb>`, with the short forms at the top level. */
export const containerRows: readonly CommandRow[] = [
  {
    path: 'container attach',
    aliases: ['attach'],
    summary: 'Attach to a running container',
    load: () => import('../commands/container/attach'),
  },
  {
    path: 'container checkpoint',
    summary: 'Checkpoint one or more containers',
    instead: 'a checkpoint needs CRIU with the capabilities of real root',
  },
  {
    path: 'container cleanup',
    summary: 'Clean up network and mount points of one or more containers',
    instead: 'the monitor of a container cleans up by itself',
  },
  { path: 'container clone', summary: 'Clone an existing container', instead: 'use "tspod create" again' },
  {
    path: 'container commit',
    aliases: ['commit'],
    summary: 'Create a new image based on the changed container',
    load: () => import('../commands/container/commit'),
  },
  {
    path: 'container cp',
    aliases: ['cp'],
    summary: 'Copy files and folders between a container and the file system',
  },
  {
    path: 'container create',
    aliases: ['create'],
    summary: 'Create but do not start a container',
    load: () => import('../commands/container/create'),
  },
  {
    path: 'container diff',
    summary: "Inspect changes to the container's file systems",
    load: () => import('../commands/container/diff'),
  },
  {
    path: 'container exec',
    aliases: ['exec'],
    summary: 'Run a process in a running container',
    load: () => import('../commands/container/exec'),
  },
  {
    path: 'container exists',
    summary: 'Check if a container exists in local storage',
    load: () => import('../commands/container/exists'),
  },
  {
    path: 'container export',
    aliases: ['export'],
    summary: "Export a container's file system as a tar archive",
    load: () => import('../commands/container/export'),
  },
  {
    path: 'container init',
    aliases: ['init'],
    summary: 'Initialize one or more containers',
    load: () => import('../commands/container/init'),
  },
  {
    path: 'container inspect',
    summary: 'Display the configuration of a container',
    load: () => import('../commands/container/inspect'),
  },
  {
    path: 'container kill',
    aliases: ['kill'],
    summary: 'Kill one or more running containers with a specific signal',
    load: () => import('../commands/container/kill'),
  },
  {
    path: 'container list',
    aliases: ['ps', 'container ps', 'container ls'],
    summary: 'List containers',
    load: () => import('../commands/container/list'),
  },
  {
    path: 'container logs',
    aliases: ['logs'],
    summary: 'Fetch the logs of one or more containers',
    load: () => import('../commands/container/logs'),
  },
  { path: 'container mount', aliases: ['mount'], summary: "Mount a working container's root file system" },
  {
    path: 'container pause',
    aliases: ['pause'],
    summary: 'Pause all the processes in one or more containers',
    load: () => import('../commands/container/pause'),
  },
  {
    path: 'container port',
    aliases: ['port'],
    summary: 'List port mappings or a specific mapping for the container',
    load: () => import('../commands/container/port'),
  },
  {
    path: 'container prune',
    summary: 'Remove all containers that do not run',
    load: () => import('../commands/container/prune'),
  },
  {
    path: 'container rename',
    aliases: ['rename'],
    summary: 'Rename an existing container',
    load: () => import('../commands/container/rename'),
  },
  {
    path: 'container restart',
    aliases: ['restart'],
    summary: 'Restart one or more containers',
    load: () => import('../commands/container/restart'),
  },
  {
    path: 'container restore',
    summary: 'Restore one or more containers from a checkpoint',
    instead: 'a checkpoint needs CRIU with the capabilities of real root',
  },
  {
    path: 'container rm',
    aliases: ['rm'],
    summary: 'Remove one or more containers',
    load: () => import('../commands/container/rm'),
  },
  {
    path: 'container run',
    aliases: ['run'],
    summary: 'Run a command in a new container',
    load: () => import('../commands/container/run'),
  },
  {
    path: 'container runlabel',
    summary: 'Execute the command described by an image label',
    instead: 'use "tspod run"',
  },
  {
    path: 'container start',
    aliases: ['start'],
    summary: 'Start one or more containers',
    load: () => import('../commands/container/start'),
  },
  {
    path: 'container stats',
    aliases: ['stats'],
    summary: 'Display a live stream of container resource usage statistics',
    instead: '"tspod top" shows the processes of a container',
  },
  {
    path: 'container stop',
    aliases: ['stop'],
    summary: 'Stop one or more containers',
    load: () => import('../commands/container/stop'),
  },
  {
    path: 'container top',
    aliases: ['top'],
    summary: 'Display the running processes of a container',
    load: () => import('../commands/container/top'),
  },
  {
    path: 'container unmount',
    aliases: ['unmount', 'umount', 'container umount'],
    summary: "Unmount a working container's root file system",
  },
  {
    path: 'container unpause',
    aliases: ['unpause'],
    summary: 'Unpause the processes in one or more containers',
    load: () => import('../commands/container/unpause'),
  },
  { path: 'container update', aliases: ['update'], summary: 'Update an existing container' },
  {
    path: 'container wait',
    aliases: ['wait'],
    summary: 'Block on one or more containers',
    load: () => import('../commands/container/wait'),
  },
];
