import type { Context } from '../../lib/context';
import type { ContainerRecord } from '../record';
import type { UserMount } from '../../volume/types';
import { volumeOf } from '../../volume/volume-of';

/** The part `Mounts`: everything that users mounted but tmpfs, which is in HostConfig. */
export function inspectMounts(ctx: Context, { options }: ContainerRecord): object[] {
  return options.mounts.flatMap((mount) => {
    if (mount.kind === 'tmpfs') return [];
    return [mount.kind === 'image' ? inspectImage(mount) : inspectMount(ctx, mount)];
  });
}

/** `SOURCE:TARGET:OPTIONS`, for HostConfig.Binds. */
export function bindsOf({ options }: ContainerRecord): string[] {
  return options.mounts.flatMap((mount) => {
    if (mount.kind === 'tmpfs' || mount.kind === 'overlay' || mount.kind === 'image') return [];
    const source = mount.kind === 'volume' ? mount.name : mount.source;
    const words = [mount.readOnly ? 'ro' : 'rw', propagationOf(mount), ...optionsOf(mount)];
    return [`${source}:${mount.target}:${words.join(',')}`];
  });
}

/** Where each tmpfs is, and its options. */
export function tmpfsOf({ options }: ContainerRecord): Record<string, string> {
  return Object.fromEntries(
    options.mounts.flatMap((mount) =>
      mount.kind === 'tmpfs' && mount.type === undefined
        ? [[mount.target, [...mount.options, ...(mount.copyUp ? ['tmpcopyup'] : [])].join(',')]]
        : [],
    ),
  );
}

type ImageMount = Extract<UserMount, { kind: 'image' }>;
type DirectoryMount = Exclude<UserMount, { kind: 'tmpfs' } | ImageMount>;

function inspectImage({ source, target, readOnly, subpath }: ImageMount): object {
  return {
    ...{ Type: 'image', Source: source, Destination: target, Driver: '', Mode: '', Options: null },
    ...{ RW: !readOnly, Propagation: '' },
    ...(subpath === undefined ? {} : { SubPath: subpath }),
  };
}

function inspectMount(ctx: Context, mount: DirectoryMount): object {
  const isVolume = mount.kind === 'volume';
  const volume = volumeOf(mount);
  return {
    Type: isVolume ? 'volume' : 'bind',
    ...(isVolume ? { Name: mount.name } : {}),
    Source: volume === undefined ? sourceOf(mount) : `${ctx.paths.root}/volumes/${volume}/_data`,
    Destination: mount.target,
    Driver: isVolume ? 'local' : '',
    Mode: '',
    Options: mount.kind === 'overlay' ? [] : optionsOf(mount),
    RW: mount.kind === 'overlay' || !mount.readOnly,
    Propagation: propagationOf(mount),
    ...(isVolume && mount.subpath !== undefined ? { SubPath: mount.subpath } : {}),
  };
}

function sourceOf(mount: DirectoryMount): string {
  return mount.kind === 'volume' ? '' : mount.source;
}

function propagationOf(mount: DirectoryMount): string {
  return (mount.kind === 'bind' ? mount.propagation : undefined) ?? 'rprivate';
}

function optionsOf(mount: Exclude<DirectoryMount, { kind: 'overlay' }>): string[] {
  if (mount.kind === 'volume') return ['nosuid', 'nodev', 'rbind', ...without(mount.options)];
  return [mount.recursive ? 'rbind' : 'bind', ...without(mount.options)];
}

/** Those that have a field of their own, or that all have, are not repeated. */
function without(options: readonly string[]): string[] {
  return options.filter((option) => !['ro', 'rw', 'bind', 'rbind', 'nosuid', 'nodev'].includes(option));
}
