import { TspodError } from '../lib/errors';
import { checkChown } from './check-chown';
import { hostPath, isPath, mountTarget, volumeName } from './mount-path';
import { parseMountOptions, type MountOptions } from './mount-options';
import type { UserMount } from './types';

type OverlayMount = Extract<UserMount, { kind: 'overlay' }>;

/**
 * Parses `--volume`: `[SOURCE:]TARGET[:OPTIONS]`. A source with a slash or dot in front is a path, else it names a
 * volume; without one the volume is anonymous (its name stays empty until the container is made). Throws 'usage'.
 */
export function parseVolume(text: string): UserMount {
  const [first = '', second, third, ...rest] = text.split(':');
  if (rest.length > 0) {
    throw new TspodError('usage', `incorrect volume format "${text}", should be [host-dir:]ctr-dir[:option]`);
  }
  if (second === undefined) return volume('', first, parseMountOptions([], text));
  const options = parseMountOptions(third === undefined ? [] : third.split(',').filter(Boolean), text);
  if (first === '') throw new TspodError('usage', `volume "${text}": host directory cannot be empty`);
  return isPath(first) ? bind(hostPath(first), second, options) : volume(volumeName(first), second, options);
}

function bind(source: string, target: string, options: MountOptions): UserMount {
  if (options.overlay) return overlay(source, target, options);
  if (options.chown) checkChown(source);
  return {
    kind: 'bind',
    source,
    target: mountTarget(target),
    readOnly: options.readOnly,
    recursive: options.recursive,
    ...(options.propagation === undefined ? {} : { propagation: options.propagation }),
    options: options.options,
    chown: options.chown,
    idmap: options.idmap,
    ...(options.relabel === undefined ? {} : { relabel: options.relabel }),
  };
}

function volume(name: string, target: string, options: MountOptions): UserMount {
  if (options.overlay) return { ...overlay('', target, options), volume: name };
  return {
    kind: 'volume',
    name,
    anonymous: name === '',
    target: mountTarget(target),
    readOnly: options.readOnly,
    options: options.options,
    noCopy: options.noCopy,
    chown: options.chown,
    ...(options.idmap ? { idmap: true } : {}),
  };
}

function overlay(source: string, target: string, options: MountOptions): OverlayMount {
  if ((options.upper === undefined) !== (options.work === undefined)) {
    throw new TspodError('usage', 'overlay mounts need upperdir and workdir together');
  }
  return {
    kind: 'overlay',
    source,
    target: mountTarget(target),
    ...(options.upper === undefined ? {} : { upper: hostPath(options.upper) }),
    ...(options.work === undefined ? {} : { work: hostPath(options.work) }),
    chown: options.chown,
  };
}
