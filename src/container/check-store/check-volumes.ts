import { lstatSync } from 'node:fs';
import type { Context } from '../../lib/context';
import { describeError } from '../../lib/errors';
import { loadVolume, volumeNames, volumePaths } from '../../volume/volume-record';

/** What is odd about volumes: told only, never changed. */
export function tellOfVolumes(ctx: Context): string[] {
  return volumeNames(ctx).flatMap((name) => {
    const told: string[] = [];
    try {
      if (loadVolume(ctx, name) === undefined) told.push('has no record (volume.json)');
    } catch (error) {
      const { cause } = error as Error;
      told.push(`has a broken record: ${describeError(cause ?? error)}`);
    }
    if (!lstatSync(volumePaths(ctx, name).data, { throwIfNoEntry: false })?.isDirectory())
      told.push('has no data directory');
    return told.map((what) => `volume ${name} ${what}: left as it is`);
  });
}
