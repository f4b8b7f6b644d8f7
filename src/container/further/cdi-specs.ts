import { readdirSync, readFileSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { describeError, isErrno } from '../../lib/errors';
import { readYaml } from '../../config/read-yaml';

/** What a device changes in a container. Source: the specification of the Container Device Interface, 0.8. */
export interface ContainerEdits {
  env?: string[];
  deviceNodes?: { path: string; hostPath?: string; permissions?: string }[];
  mounts?: { hostPath: string; containerPath: string; options?: string[]; type?: string }[];
  hooks?: { hookName: string; path: string; args?: string[]; env?: string[]; timeout?: number }[];
  additionalGids?: number[];
  intelRdt?: object;
}

interface CdiFile {
  kind: string;
  devices: { name: string; containerEdits?: ContainerEdits }[];
  containerEdits?: ContainerEdits;
}

/** A device with the edits of its file, which are made once for all devices of it. */
export interface CdiDevice {
  file: string;
  common: ContainerEdits;
  own: ContainerEdits;
}

/** Where specifications lie by default. */
export const CDI_DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];

/** All devices that the specifications of this machine name, by `vendor.com/class=name`; later folders win. */
export function cdiDevices(ctx: Context): Map<string, CdiDevice> {
  const devices = new Map<string, CdiDevice>();
  for (const folder of ctx.defaults?.cdiDirs ?? CDI_DIRECTORIES) {
    for (const file of specFiles(folder)) {
      const spec = readSpec(ctx, file);
      for (const { name, containerEdits: own = {} } of spec?.devices ?? [])
        devices.set(`${spec?.kind ?? ''}=${name}`, { file, common: spec?.containerEdits ?? {}, own });
    }
  }
  return devices;
}

function specFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.(json|yaml)$/.test(name));
    return names.sort().map((name) => `${folder}/${name}`);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** A broken file takes only its own devices away; that is told. */
function readSpec(ctx: Context, path: string): CdiFile | undefined {
  try {
    const spec = readYaml(readFileSync(path, 'utf8')) as Partial<CdiFile> | null;
    if (typeof spec?.kind === 'string' && Array.isArray(spec.devices)) return spec as CdiFile;
    ctx.log('warn', `CDI specification "${path}": kind or devices are missing`);
  } catch (error) {
    ctx.log('warn', `CDI specification "${path}": ${describeError(error).split('\n')[0] ?? ''}`);
  }
  return undefined;
}
