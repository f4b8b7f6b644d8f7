import { defineOptions } from './define-command';

const REMOTE = 'tspod works on this machine only, and needs no service';
const ONE_STORE = 'everything is kept below --root';
const INSIDE = 'it is for those who work on Podman itself';

/** The log levels of Podman's `--log-level`. */
const logLevels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'] as const;

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
  config: {
    type: 'string',
    hidden: true,
    description: 'Directory of the configuration',
    refuse: 'name the files: --authfile of the command, CONTAINERS_CONF',
  },
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
    refuse: 'write them as volumes or mounts into containers.conf',
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
  imagestore: { type: 'string', hidden: true, description: 'Separate store of images', refuse: ONE_STORE },
  module: {
    type: 'list',
    value: 'FILE',
    hidden: true,
    description: 'Read this file of the directories containers.conf.modules too',
  },
  'network-cmd-path': {
    type: 'string',
    value: 'PATH',
    hidden: true,
    description: 'Path of slirp4netns',
  },
  'network-config-dir': {
    type: 'string',
    hidden: true,
    description: 'Directory of networks',
    refuse: 'there are no bridge networks yet',
  },
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
  'runtime-flag': {
    type: 'string',
    hidden: true,
    description: 'Option of the OCI runtime',
    refuse: 'let --runtime name a script that adds it',
  },
  ssh: { type: 'string', hidden: true, description: 'SSH mode', refuse: REMOTE },
  'storage-driver': {
    type: 'string',
    hidden: true,
    description: 'Storage driver',
    choices: ['overlay'],
  },
  'storage-opt': {
    type: 'string',
    hidden: true,
    description: 'Option of the storage driver',
    refuse: 'the way of mounting is chosen by what the kernel can do: see "tspod doctor"',
  },
  syslog: {
    type: 'boolean',
    hidden: true,
    description: 'Log to syslog',
    refuse: 'messages go to standard error: pipe it to logger(1)',
  },
  tmpdir: { type: 'string', hidden: true, description: 'Directory of state', refuse: 'use --runroot' },
  'transient-store': {
    type: 'boolean',
    hidden: true,
    description: 'Keep containers until the next start of the machine only',
    refuse: 'use --rm, or a --root on a tmpfs',
  },
  url: { type: 'string', hidden: true, description: 'URL of a service', refuse: REMOTE },
  volumepath: { type: 'string', hidden: true, description: 'Directory of volumes', refuse: ONE_STORE },
  'cni-config-dir': { type: 'string', hidden: true, description: 'Directory of networks', refuse: INSIDE },
  'max-workers': { type: 'string', hidden: true, description: 'Number of workers', refuse: INSIDE },
  'memory-profile': { type: 'string', hidden: true, description: 'File for a profile', refuse: INSIDE },
  namespace: { type: 'string', hidden: true, description: 'Namespace of containers', refuse: INSIDE },
  noout: {
    type: 'boolean',
    hidden: true,
    description: 'No output',
    refuse: 'send standard output to /dev/null',
  },
  'pull-option': { type: 'list', hidden: true, description: 'Option of pull', refuse: INSIDE },
  trace: { type: 'boolean', hidden: true, description: 'Trace', refuse: INSIDE },
});

/** Options that may stand before the command only. */
export const rootOptions = defineOptions({
  ...globalOptions,
  version: { type: 'boolean', short: 'v', description: 'Print the version of tspod' },
});
