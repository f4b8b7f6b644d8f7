import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkLinger } from '../../../container/machine-report/login-checks';
import type { Context } from '../../../lib/context';
import { describeError } from '../../../lib/errors';
import { programWords } from '../../../systemd/program-words';
import { systemctl } from '../../../systemd/systemctl';
import { installUnits, removeUnits } from '../../../systemd/units/install-units';
import { shippedUnits } from '../../../systemd/units/shipped-units';
import { unitPlace, type UnitPlace } from '../../../systemd/units/unit-place';
import { defineCommand, type Output } from '../../define-command';
import { reloadSystemd } from '../quadlet/reload';

/** `tspod system install-units`. */
export default defineCommand({
  summary: 'Install the units of systemd that come with tspod',
  usage: '[options]',
  description:
    'Writes units into ~/.config/systemd/user, as root into /etc/systemd/system, and prints their paths. None is started: what shall be is enabled with systemctl.\n\ntspod-restart.service starts containers with the restart policy always, and with unless-stopped those that nobody has stopped, after a boot. tspod-auto-update.timer calls "tspod auto-update" every day. tspod-user-wait-network-online.service is what units of Quadlet files wait for.\n\nRoot\'s call also links the generator of Quadlet files into /etc/systemd/user-generators and /etc/systemd/system-generators.\n\nUnits of a user run while the user is logged in; "loginctl enable-linger" lets them run from boot on. Called again, the units are written anew for the tspod that is called.',
  examples: [
    'tspod system install-units && systemctl --user enable --now tspod-restart.service',
    'tspod system install-units --remove',
  ],
  options: {
    remove: {
      type: 'boolean',
      default: false,
      description: 'Remove these units; containers that run stay as they are',
    },
  },
  args: { min: 0, max: 0 },
  storeless: true,
  async run(ctx, flags, _args, output) {
    const script = realpathSync(process.argv[1] ?? '');
    const place = unitPlace(ctx, join(dirname(script), '..'));
    const units = shippedUnits(place.source, programWords(process.argv[1] ?? 'tspod', process.execPath));
    if (flags.remove) return remove(ctx, output, { place, names: units.map(({ name }) => name) });
    for (const path of installUnits(place, units)) output.print(path);
    await reloadSystemd(ctx, output);
    tellNext(ctx, output);
  },
});

async function remove(
  ctx: Context,
  output: Output,
  { place, names }: { place: UnitPlace; names: readonly string[] },
): Promise<void> {
  const removed = removeUnits(place, names);
  for (const path of removed) output.print(path);
  if (removed.length === 0) return;
  try {
    await systemctl(ctx, ['stop', '--', 'tspod-auto-update.timer']);
    await systemctl(ctx, ['daemon-reload']);
  } catch (error) {
    output.note(`note: systemd does not know of it yet: ${describeError(error)}`);
  }
}

function tellNext(ctx: Context, output: Output): void {
  const whose = ctx.uid === 0 ? '' : ' --user';
  output.note(`enable them: systemctl${whose} enable --now tspod-restart.service tspod-auto-update.timer`);
  const { level, cure } = checkLinger(ctx);
  if (level !== 'ok')
    output.note(`warning: they run only while you are logged in; from boot on with: ${cure ?? ''}`);
}
