import type { CommandRow } from '../command-table';

const NO_KUBE = 'write Quadlet files: see "tspod quadlet --help"';
const NO_PODS = 'start containers that join another with --network container:NAME --ipc container:NAME';

/** Volumes, networks, secrets, pods, and what is made of Kubernetes and Quadlet files. */
export const objectRows: readonly CommandRow[] = [
  {
    path: 'volume create',
    summary: 'Create a new volume',
    load: () => import('../commands/volume/create'),
  },
  {
    path: 'volume exists',
    summary: 'Check if a volume exists',
    load: () => import('../commands/volume/exists'),
  },
  {
    path: 'volume export',
    summary: 'Export volumes',
    load: () => import('../commands/volume/export'),
  },
  {
    path: 'volume import',
    summary: "Import a tarball's contents into a volume",
    load: () => import('../commands/volume/import'),
  },
  {
    path: 'volume inspect',
    summary: 'Display detailed information on one or more volumes',
    load: () => import('../commands/volume/inspect'),
  },
  {
    path: 'volume ls',
    aliases: ['volume list'],
    summary: 'List volumes',
    load: () => import('../commands/volume/ls'),
  },
  {
    path: 'volume mount',
    summary: 'Mount a volume',
    load: () => import('../commands/volume/mount'),
  },
  {
    path: 'volume prune',
    summary: 'Remove all unused volumes',
    load: () => import('../commands/volume/prune'),
  },
  {
    path: 'volume reload',
    summary: 'Reload all volumes from volume plugins',
    load: () => import('../commands/volume/reload'),
  },
  {
    path: 'volume rename',
    summary: 'Rename a volume',
    load: () => import('../commands/volume/rename'),
  },
  {
    path: 'volume rm',
    aliases: ['volume remove'],
    summary: 'Remove one or more volumes',
    load: () => import('../commands/volume/rm'),
  },
  {
    path: 'volume unmount',
    aliases: ['volume umount'],
    summary: 'Unmount a volume',
    load: () => import('../commands/volume/unmount'),
  },
  {
    path: 'network connect',
    summary: 'Add a container to a network',
    load: () => import('../commands/network/connect'),
  },
  {
    path: 'network create',
    summary: 'Create networks for containers and pods',
    load: () => import('../commands/network/create'),
  },
  {
    path: 'network disconnect',
    summary: 'Disconnect a container from a network',
    load: () => import('../commands/network/disconnect'),
  },
  {
    path: 'network doctor',
    summary: 'Tell what works of networks on this machine, and what mends the rest',
    load: () => import('../commands/network/doctor'),
  },
  {
    path: 'network exists',
    summary: 'Check if a network exists',
    load: () => import('../commands/network/exists'),
  },
  {
    path: 'network inspect',
    summary: 'Inspect a network',
    load: () => import('../commands/network/inspect'),
  },
  {
    path: 'network ls',
    aliases: ['network list'],
    summary: 'List networks',
    load: () => import('../commands/network/ls'),
  },
  {
    path: 'network prune',
    summary: 'Remove unused networks',
    load: () => import('../commands/network/prune'),
  },
  {
    path: 'network reload',
    summary: 'Reload the networks of containers',
    load: () => import('../commands/network/reload'),
  },
  {
    path: 'network rm',
    aliases: ['network remove'],
    summary: 'Remove networks',
    load: () => import('../commands/network/rm'),
  },
  {
    path: 'network update',
    summary: 'Update an existing network',
    load: () => import('../commands/network/update'),
  },
  {
    path: 'secret create',
    summary: 'Create a new secret',
    load: () => import('../commands/secret/create'),
  },
  {
    path: 'secret exists',
    summary: 'Check if a secret exists in local storage',
    load: () => import('../commands/secret/exists'),
  },
  { path: 'secret inspect', summary: 'Inspect a secret', load: () => import('../commands/secret/inspect') },
  {
    path: 'secret ls',
    aliases: ['secret list'],
    summary: 'List secrets',
    load: () => import('../commands/secret/ls'),
  },
  {
    path: 'secret rm',
    aliases: ['secret remove'],
    summary: 'Remove one or more secrets',
    load: () => import('../commands/secret/rm'),
  },
  {
    path: 'healthcheck run',
    summary: 'Run the health check of a container',
    load: () => import('../commands/healthcheck/run'),
  },
  { path: 'pod clone', summary: 'Clone an existing pod', instead: NO_PODS },
  { path: 'pod create', summary: 'Create a new empty pod', instead: NO_PODS },
  { path: 'pod exists', summary: 'Check if a pod exists in local storage', instead: NO_PODS },
  { path: 'pod inspect', summary: 'Display the configuration of a pod', instead: NO_PODS },
  { path: 'pod kill', summary: 'Send a signal to the containers in a pod', instead: NO_PODS },
  { path: 'pod logs', summary: 'Fetch the logs of the containers of a pod', instead: NO_PODS },
  { path: 'pod pause', summary: 'Pause one or more pods', instead: NO_PODS },
  { path: 'pod prune', summary: 'Remove all stopped pods and their containers', instead: NO_PODS },
  { path: 'pod ps', aliases: ['pod ls', 'pod list'], summary: 'List pods', instead: NO_PODS },
  { path: 'pod restart', summary: 'Restart one or more pods', instead: NO_PODS },
  { path: 'pod rm', summary: 'Remove one or more pods', instead: NO_PODS },
  { path: 'pod start', summary: 'Start one or more pods', instead: NO_PODS },
  {
    path: 'pod stats',
    summary: 'Display resource usage statistics of the containers of pods',
    instead: NO_PODS,
  },
  { path: 'pod stop', summary: 'Stop one or more pods', instead: NO_PODS },
  { path: 'pod top', summary: 'Display the running processes of the containers of a pod', instead: NO_PODS },
  { path: 'pod unpause', summary: 'Unpause one or more pods', instead: NO_PODS },
  {
    path: 'kube apply',
    summary: 'Deploy containers, pods and volumes to a Kubernetes cluster',
    instead: 'use "kubectl apply"',
  },
  { path: 'kube down', summary: 'Remove pods based on Kubernetes YAML', instead: NO_PODS },
  {
    path: 'kube generate',
    aliases: ['generate kube'],
    summary: 'Generate Kubernetes YAML from containers, pods or volumes',
    instead: NO_KUBE,
  },
  {
    path: 'kube play',
    aliases: ['play kube'],
    summary: 'Play a pod or volume based on Kubernetes YAML',
    instead: NO_PODS,
  },
  { path: 'kube quadlet', summary: 'Convert Kubernetes YAML into Quadlet files', instead: NO_KUBE },
  {
    path: 'generate spec',
    summary: 'Generate a Specgen JSON based on containers or pods',
    instead: 'use "tspod inspect"',
  },
  {
    path: 'generate systemd',
    summary: 'Generate systemd units',
    load: () => import('../commands/generate/systemd'),
  },
  {
    path: 'quadlet check',
    summary: 'Tell what is wrong in Quadlet files',
    load: () => import('../commands/quadlet/check'),
  },
  {
    path: 'quadlet generate',
    summary: 'Make units of Quadlet files',
    load: () => import('../commands/quadlet/generate'),
  },
  {
    path: 'quadlet install',
    summary: 'Install Quadlet files',
    load: () => import('../commands/quadlet/install'),
  },
  {
    path: 'quadlet list',
    aliases: ['quadlet ls'],
    summary: 'List installed Quadlet files',
    load: () => import('../commands/quadlet/list'),
  },
  {
    path: 'quadlet print',
    summary: 'Display the contents of a Quadlet file',
    load: () => import('../commands/quadlet/print'),
  },
  {
    path: 'quadlet rm',
    summary: 'Remove installed Quadlet files',
    load: () => import('../commands/quadlet/rm'),
  },
];
