import { defineOptions } from './define-command';

const REMOTE = 'tspod works on this machine only, and needs no service';
const LATER = 'it is not there yet';

/** The log levels of Podman's `--log-level`. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'] as const;

/**
 * Options that may stand before the command, and in their long form also after it. A command's own option of the
 * same name wins.
 */
export const globalOptions = defineOptions({
  'cgroup-manager': {
    type: 'string',
    choices: ['cgroupfs', 'systemd'],
    description: 'Cgroup manager to use: cgroupfs or systemd',
  },
  'log-level': {
    type: 'string',
    value: 'LEVEL',
    choices: logLevels,
    default: 'warn',
    description: 'Log messages of this level and above: error, warn, info, debug',
  },
  root: { type: 'string', value: 'DIR', description: 'Directory of images, containers and volumes' },
  runroot: { type: 'string', value: 'DIR', description: 'Directory of sockets and other state of what runs' },
  runtime: {
    type: 'string',
    value: 'PATH',
    description: 'OCI runtime to run containers with, instead of the own one',
  },
  config: { type: 'string', hidden: true, description: 'Location of the credentials', refuse: LATER },
  conmon: {
    type: 'string',
    hidden: true,
    description: 'Path of conmon',
    refuse: 'tspod has a monitor of its own',
  },
  connection: { type: 'string', short: 'c', hidden: true, description: 'Remote connection', refuse: REMOTE },
  'cpu-profile': {
    type: 'string',
    hidden: true,
    description: 'File for a profile',
    refuse: 'use node --cpu-prof',
  },
  'db-backend': { type: 'string', hidden: true, description: 'Database', refuse: 'tspod keeps no database' },
  'default-mounts-file': {
    type: 'string',
    hidden: true,
    description: 'File of default mounts',
    refuse: LATER,
  },
  'events-backend': {
    type: 'string',
    value: 'BACKEND',
    hidden: true,
    choices: ['file', 'journald', 'none'],
    description: 'Where events are kept: file, journald or none',
  },
  'hooks-dir': { type: 'list', value: 'DIR', hidden: true, description: 'Directory of OCI hooks' },
  identity: { type: 'string', hidden: true, description: 'SSH identity', refuse: REMOTE },
  imagestore: { type: 'string', hidden: true, description: 'Separate store of images', refuse: LATER },
  module: { type: 'string', hidden: true, description: 'Module of containers.conf', refuse: LATER },
  'network-cmd-path': {
    type: 'string',
    hidden: true,
    description: 'Path of the network helper',
    refuse: LATER,
  },
  'network-config-dir': { type: 'string', hidden: true, description: 'Directory of networks', refuse: LATER },
  out: {
    type: 'string',
    hidden: true,
    description: 'File for the output',
    refuse: 'redirect standard output',
  },
  'registries-conf': {
    type: 'string',
    value: 'FILE',
    hidden: true,
    description: 'File to read instead of the main registries.conf',
  },
  remote: { type: 'boolean', short: 'r', hidden: true, description: 'Remote service', refuse: REMOTE },
  'runtime-flag': { type: 'string', hidden: true, description: 'Option of the OCI runtime', refuse: LATER },
  ssh: { type: 'string', hidden: true, description: 'SSH mode', refuse: REMOTE },
  'storage-driver': {
    type: 'string',
    hidden: true,
    description: 'Storage driver',
    choices: ['overlay'],
  },
  'storage-opt': { type: 'string', hidden: true, description: 'Option of the storage driver', refuse: LATER },
  syslog: { type: 'boolean', hidden: true, description: 'Log to syslog', refuse: LATER },
  tmpdir: { type: 'string', hidden: true, description: 'Directory of state', refuse: 'use --runroot' },
  'transient-store': {
    type: 'boolean',
    hidden: true,
    description: 'Store until the next start',
    refuse: LATER,
  },
  url: { type: 'string', hidden: true, description: 'URL of a service', refuse: REMOTE },
  volumepath: { type: 'string', hidden: true, description: 'Directory of volumes', refuse: LATER },
});

/** Options that may stand before the command only. */
export const rootOptions = defineOptions({
  ...globalOptions,
  version: { type: 'boolean', short: 'v', description: 'Print the version of tspod' },
});
