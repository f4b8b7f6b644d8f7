import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { TspodError, wrapError } from '../../lib/errors';
import { VERSION } from '../../lib/version';
import { networkFiles } from '../../network/network-files';
import type { OciMount } from '../../runtime/oci-spec';
import { containerPaths } from '../paths';
import type { ContainerRecord } from '../record';
import { readRootfsFile } from '../rootfs/rootfs-view';
import { rootView } from './root-view';
import type { SpecUser } from './spec-user';

const ZONES = '/usr/share/zoneinfo';

/** Writes the container's own files of /etc into its directory, and says where they are mounted. */
export function etcMounts(ctx: Context, record: ContainerRecord, user: SpecUser): OciMount[] {
  const files: [name: string, target: string, text: string | undefined][] = [
    ...networkTexts(ctx, record),
    ['hostname', '/etc/hostname', record.options.noHostname ? undefined : `${hostNameOf(record)}\n`],
    ['.containerenv', '/run/.containerenv', containerEnv(ctx, record)],
    ['passwd', '/etc/passwd', user.passwd],
    ['group', '/etc/group', user.group],
  ];
  const { directory } = containerPaths(ctx, record.id);
  const mounts = files.flatMap(([name, target, text]) => {
    if (text === undefined) return [];
    writePublicFile(`${directory}/${name}`, text);
    return [fileMount(`${directory}/${name}`, target, record)];
  });
  return [...mounts, ...sharedNetworkMounts(ctx, record), ...timezoneMounts(directory, record)];
}

/** Readable for every user of the container, whatever the caller's umask is. */
function writePublicFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o644 });
  if ((process.umask() & 0o044) !== 0) chmodSync(path, 0o644);
}

/** The host name that the container sees. */
export function hostNameOf({ options, hostname: own }: ContainerRecord): string {
  return options.namespaces.uts.kind === 'host' ? process.getBuiltinModule('node:os').hostname() : own;
}

/** The file of the host that has a time zone's rules. Throws 'not-found' for a zone that the host does not know. */
export function timezoneFile(zone: string): string {
  const path = zone === 'local' ? '/etc/localtime' : `${ZONES}/${zone}`;
  const isName = zone === 'local' || /^[A-Za-z0-9+_-]+(\/[A-Za-z0-9+_-]+)*$/.test(zone);
  if (isName && existsSync(path)) return path;
  throw new TspodError('not-found', `finding timezone: unknown time zone ${zone}`, {
    hint: existsSync(ZONES)
      ? 'use an Area/City of timedatectl list-timezones, or local'
      : 'install tzdata on the host',
  });
}

function networkTexts(ctx: Context, record: ContainerRecord): [string, string, string | undefined][] {
  const { options, name } = record;
  // another's network: its files are mounted instead; on bridges they tell of addresses that are chosen elsewhere
  if (options.network.kind === 'container' || options.network.kind === 'bridge') return [];
  const { hosts, resolv } = networkFiles(ctx, {
    mode: options.network,
    names: [hostNameOf(record), name],
    addHost: options.addHost,
    hosts: hostsBase(ctx, record),
    dns: options.dns.filter((server) => server !== 'none'),
    dnsSearch: options.dnsSearch,
    dnsOptions: options.dnsOptions,
  });
  return [
    ['hosts', '/etc/hosts', options.noHosts ? undefined : hosts],
    ['resolv.conf', '/etc/resolv.conf', options.dns.includes('none') ? undefined : resolv],
  ];
}

/** What `--hosts-file` puts in the place of the host's. Throws 'not-found'. */
export function hostsBase(ctx: Context, record: ContainerRecord): string | undefined {
  const { hostsFile, noHosts } = record.options;
  if (hostsFile === undefined || noHosts) return undefined;
  if (hostsFile === 'none') return '';
  if (hostsFile === 'image') return readRootfsFile(rootView(ctx, record), '/etc/hosts') ?? '';
  try {
    return readFileSync(hostsFile, 'utf8');
  } catch (error) {
    const { message } = wrapError('failed to create new hosts file', error);
    throw new TspodError('not-found', message, { exitCode: 127, cause: error });
  }
}

function sharedNetworkMounts(ctx: Context, record: ContainerRecord): OciMount[] {
  const { network, noHosts } = record.options;
  if (network.kind !== 'container' && network.kind !== 'bridge') return [];
  const { directory } = containerPaths(ctx, network.kind === 'container' ? network.target : record.id);
  return ['hosts', 'resolv.conf']
    .filter((name) => !(noHosts && name === 'hosts') && existsSync(`${directory}/${name}`))
    .map((name) => fileMount(`${directory}/${name}`, `/etc/${name}`, record));
}

/** Programs know by this file that they are in a container; a privileged one is told more, as Podman does. */
function containerEnv(ctx: Context, { options, id, name, imageName, imageId }: ContainerRecord): string {
  if (!options.privileged) return '';
  const facts = { engine: `tspod-${VERSION}`, name, id, image: imageName, imageid: imageId };
  const lines = Object.entries(facts).map(([key, value]) => `${key}="${value}"`);
  return `${[...lines, `rootless=${ctx.uid === 0 ? 0 : 1}`].join('\n')}\n`;
}

/** A copy: the host may replace its file while the container runs. */
function timezoneMounts(directory: string, record: ContainerRecord): OciMount[] {
  const { timezone } = record.options;
  if (timezone === undefined) return [];
  const copy = `${directory}/localtime`;
  try {
    copyFileSync(timezoneFile(timezone), copy);
    chmodSync(copy, 0o644);
  } catch (error) {
    throw wrapError(`--tz "${timezone}"`, error);
  }
  return [fileMount(copy, '/etc/localtime', record)];
}

/** A file of the container's directory at its place. */
export function fileMount(source: string, destination: string, { options }: ContainerRecord): OciMount {
  const closed = options.readOnly ? ['ro', 'nosuid', 'noexec', 'nodev'] : [];
  return { destination, type: 'bind', source, options: ['bind', 'rprivate', ...closed] };
}
