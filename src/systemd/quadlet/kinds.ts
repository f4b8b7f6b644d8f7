import { lastLineOf, linesOf, type UnitFile } from '../unit-file';
import { unquote } from './read-key';
import type { Quadlet, QuadletKind, QuadletTarget } from './types';
import { escapeUnitName } from './unit-name';

/** In the order in which Podman prints what it makes of them. */
export const KINDS: readonly QuadletKind[] = [
  'image',
  'volume',
  'network',
  'build',
  'artifact',
  'container',
  'kube',
  'pod',
];

/** The section of each kind. */
export const SECTIONS: Readonly<Record<QuadletKind, string>> = {
  container: 'Container',
  volume: 'Volume',
  image: 'Image',
  network: 'Network',
  build: 'Build',
  artifact: 'Artifact',
  kube: 'Kube',
  pod: 'Pod',
};

/** What the names of units end with, before `.service`. */
const SUFFIXES: Readonly<Record<QuadletKind, string>> = {
  container: '',
  volume: '-volume',
  image: '-image',
  network: '-network',
  build: '-build',
  artifact: '-artifact',
  kube: '',
  pod: '-pod',
};

/** The kind of a file of that name; undefined when it is no Quadlet file. */
export function kindOf(name: string): QuadletKind | undefined {
  return KINDS.find((kind) => name.endsWith(`.${kind}`) && name.length > kind.length + 1);
}

/** The unit that is made of a file, and what that makes. */
export function targetOf(quadlet: Quadlet): QuadletTarget {
  const service = serviceNameOf(quadlet);
  const resource = resourceOf(quadlet, stemOf(quadlet), service.slice(0, -'.service'.length));
  return { service: escapeUnitName(service), resource };
}

/** The name of the unit, whether or not systemd would take it. */
export function serviceNameOf(quadlet: Quadlet): string {
  return `${valueOf(quadlet, 'ServiceName') ?? `${stemOf(quadlet)}${SUFFIXES[quadlet.kind]}`}.service`;
}

function stemOf({ name, kind }: Quadlet): string {
  return name.slice(0, -kind.length - 1);
}

/** The container's name as the unit has it, with specifiers. */
export function containerNameOf({ name, unit }: { name: string; unit: UnitFile }): string {
  const given = lastLineOf(unit, 'Container', 'ContainerName')?.value;
  if (given !== undefined && given !== '') return unquote(given);
  return name.includes('@') ? 'systemd-%p_%i' : 'systemd-%N';
}

function resourceOf(quadlet: Quadlet, stem: string, service: string): string | undefined {
  switch (quadlet.kind) {
    case 'container': {
      const name = containerNameOf(quadlet).replaceAll('%N', service);
      return name.includes('%') ? undefined : name;
    }
    case 'image':
      return valueOf(quadlet, 'ImageTag') ?? valueOf(quadlet, 'Image') ?? '';
    case 'build':
      return firstOf(quadlet, 'ImageTag') ?? '';
    case 'volume':
      return valueOf(quadlet, 'VolumeName') ?? `systemd-${stem}`;
    case 'network':
      return valueOf(quadlet, 'NetworkName') ?? `systemd-${stem}`;
    case 'pod':
      return valueOf(quadlet, 'PodName') ?? `systemd-${stem}`;
    case 'artifact':
    case 'kube':
      return '';
  }
}

function firstOf({ kind, unit }: Quadlet, key: string): string | undefined {
  const line = linesOf(unit, SECTIONS[kind], key)[0];
  return line === undefined ? undefined : unquote(line.value);
}

function valueOf({ kind, unit }: Quadlet, key: string): string | undefined {
  const value = lastLineOf(unit, SECTIONS[kind], key)?.value;
  return value === undefined || value === '' ? undefined : unquote(value);
}
