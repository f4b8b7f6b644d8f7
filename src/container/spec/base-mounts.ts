import { existsSync } from 'node:fs';
import type { OciMount } from '../../runtime/oci-spec';
import { commonMaps } from '../id-maps';
import type { Context } from '../../lib/context';
import type { ContainerRecord } from '../record';
import type { StartFacts } from './start-facts';

const CLOSED = ['nosuid', 'noexec', 'nodev'];
/** The group that owns terminals: gid 5 in every distribution. */
const TTY_GROUP = 5;

/** The file systems that every container has. */
export function baseMounts(ctx: Context, record: ContainerRecord, facts: StartFacts): OciMount[] {
  return [
    procMount(record),
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    ...sysMounts(record),
    devptsMount(ctx, record),
    ...ipcMounts(record, facts),
  ];
}

/** A user namespace may mount proc only for a process namespace of its own. */
function procMount({ options }: ContainerRecord): OciMount {
  if (options.namespaces.pid.kind === 'host') return bindMount('/proc', '/proc', ['rbind', ...CLOSED]);
  return { destination: '/proc', type: 'proc', source: 'proc', options: CLOSED };
}

/** A user namespace may mount sysfs only for a network namespace that it owns. */
function sysMounts({ options }: ContainerRecord): OciMount[] {
  const access = options.privileged ? 'rw' : 'ro';
  const sys: OciMount =
    options.network.kind === 'host'
      ? bindMount('/sys', '/sys', ['rbind', 'rprivate', ...CLOSED, access])
      : { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...CLOSED, access] };
  const cgroupOptions = ['rprivate', ...CLOSED, 'relatime', access];
  if (options.namespaces.cgroup.kind !== 'host') {
    return [sys, { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: cgroupOptions }];
  }
  // the whole host's /sys has it already
  if (sys.type === 'bind') return [sys];
  return [sys, bindMount('/sys/fs/cgroup', '/sys/fs/cgroup', ['rbind', ...cgroupOptions])];
}

function devptsMount(ctx: Context, { idMaps }: ContainerRecord): OciMount {
  const gids = idMaps?.gids ?? commonMaps(ctx).gids;
  const hasGroup = gids.some(({ container, size }) => TTY_GROUP >= container && TTY_GROUP < container + size);
  return {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: [
      ...['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
      ...(hasGroup ? [`gid=${TTY_GROUP}`] : []),
    ],
  };
}

/** Shared memory and message queues belong to the ipc namespace; `none` has no /dev/shm. */
function ipcMounts({ options }: ContainerRecord, facts: StartFacts): OciMount[] {
  const { ipc } = options.namespaces;
  if (ipc.kind === 'host') {
    return [
      bindMount('/dev/mqueue', '/dev/mqueue', ['bind', ...CLOSED]),
      bindMount('/dev/shm', '/dev/shm', ['bind', 'rprivate', ...CLOSED]),
      // a machine without systemd may lack one of them
    ].filter(({ source = '' }) => existsSync(source));
  }
  if (ipc.kind === 'container') {
    const devices = `/proc/${facts.pids[ipc.target]}/root/dev`;
    return ['mqueue', 'shm'].map((name) =>
      bindMount(`${devices}/${name}`, `/dev/${name}`, ['bind', 'rprivate', ...CLOSED]),
    );
  }
  const queues: OciMount = { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: CLOSED };
  if (ipc.kind === 'none') return [queues];
  const shm = [...CLOSED, 'mode=1777', `size=${options.shmSize}`];
  return [queues, { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: shm }];
}

function bindMount(source: string, destination: string, options: string[]): OciMount {
  return { destination, type: 'bind', source, options };
}
