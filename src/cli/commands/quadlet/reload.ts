import { existsSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Context } from '../../../lib/context';
import { describeError } from '../../../lib/errors';
import { systemctl } from '../../../systemd/systemctl';
import { defineOptions, type Output } from '../../define-command';

/** The option of commands that change what systemd reads. */
export const reloadOption = defineOptions({
  'reload-systemd': {
    type: 'boolean',
    default: true,
    description: 'Let systemd read the files again',
  },
});

/** Where systemd looks for generators (systemd.generator(7)). */
const PLACES = ['/run/systemd', '/etc/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'];

/** The program in this package. */
function generator(): string {
  return resolve(dirname(realpathSync(process.argv[1] ?? '')), '../libexec/tspod-user-generator');
}

/** Lets systemd make the units anew. What hinders that is only noted: the files are in place. */
export async function reloadSystemd(ctx: Context, output: Output): Promise<void> {
  const whose = ctx.uid === 0 ? 'system' : 'user';
  if (!PLACES.some((place) => existsSync(`${place}/${whose}-generators/tspod-${whose}-generator`)))
    output.note(
      `note: systemd does not know tspod's generator of Quadlet units yet: sudo mkdir -p /etc/systemd/${whose}-generators && sudo ln -s ${generator()} /etc/systemd/${whose}-generators/tspod-${whose}-generator`,
    );
  try {
    await systemctl(ctx, ['daemon-reload']);
  } catch (error) {
    output.note(`note: systemd has not read the files yet: ${describeError(error)}`);
  }
}
