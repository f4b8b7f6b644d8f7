import { dirname } from 'node:path';
import type { Context } from '../lib/context';
import { addSettings, applicable, has, type CgroupRequest } from './cgroup-ops';
import { controllersOf, type CgroupPlace } from './cgroup-place';
import { limitSettings, type CgroupSetting } from './cgroup-settings';
import type { OciResources } from './oci-spec';
import type { Plan } from './plan';

/**
 * Adds the limits that a container which runs in `directory` has from now on, and what takes away those that it had
 * (`before`) and has no more. Throws as addCgroup().
 */
export function addCgroupUpdate(
  plan: Plan,
  ctx: Context,
  request: CgroupRequest & { directory: string | undefined; before: OciResources },
): void {
  const { directory, before } = request;
  const place: CgroupPlace =
    directory === undefined
      ? { kind: 'none', reason: 'the container was started without a control group' }
      : { kind: 'directory', parent: directory, controllers: controllersOf(dirname(directory)) };
  const settings = applicable(ctx, place, request);
  const applied = limitSettings(before).filter(({ controller }) => has(place, controller));
  addSettings(plan, request, [...settings, ...resets(applied, settings)]);
}

/** Nothing limited, by file; those of one device are named by what stands before their value. */
const NONE: Readonly<Record<string, string>> = {
  'memory.max': 'max',
  'memory.swap.max': 'max',
  'memory.low': '0',
  'cpu.max': 'max 100000',
  'cpu.weight': '100',
  'cpuset.cpus': '\n',
  'cpuset.mems': '\n',
  'pids.max': 'max',
};

/** What takes away the limits that were and are no more. */
function resets(before: readonly CgroupSetting[], now: readonly CgroupSetting[]): CgroupSetting[] {
  const kept = new Set(now.map(keyOf));
  return before.flatMap((setting) => {
    const none = NONE[setting.file] ?? noneOf(setting);
    return kept.has(keyOf(setting)) || none === undefined ? [] : [{ ...setting, value: none }];
  });
}

function noneOf({ file, value }: CgroupSetting): string | undefined {
  const [device = '', rate = ''] = value.split(' ');
  if (file === 'io.weight') return device === 'default' ? 'default 100' : `${device} default`;
  return file === 'io.max' ? `${device} ${rate.split('=')[0]}=max` : undefined;
}

/** The file, and the device and the kind of rate where it has several. */
function keyOf({ file, value }: CgroupSetting): string {
  return file.startsWith('io.') ? `${file} ${noneOf({ file, value, controller: '', option: '' })}` : file;
}
