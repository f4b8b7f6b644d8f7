import { dirname } from 'node:path';
import { TspodError } from '../../../lib/errors';
import { describeProblem } from '../../../systemd/problem';
import { generateUnits } from '../../../systemd/quadlet/generate-units';
import { copyFiles, type Installation, planInstallation } from '../../../systemd/quadlet/install-files';
import { loadQuadlets } from '../../../systemd/quadlet/load-quadlets';
import { installDirectory, searchDirectories, type SearchPlace } from '../../../systemd/quadlet/search-paths';
import { defineCommand } from '../../define-command';
import { reloadOption, reloadSystemd } from './reload';
import { quadletSetup, searchPlace } from './setup';

/** `tspod quadlet install`. */
export default defineCommand({
  summary: 'Install Quadlet files',
  usage: '[options] PATH [PATH...]',
  description:
    'Copies Quadlet files, and other files that they need, into $XDG_CONFIG_HOME/containers/systemd, as root into /etc/containers/systemd; of a directory all that is in it. The files are checked before: nothing is copied when one of them is not valid.',
  examples: ['tspod quadlet install web.container data.volume', 'tspod quadlet install --replace ./site'],
  options: {
    replace: {
      type: 'boolean',
      short: 'r',
      default: false,
      description: 'Replace files that are there already',
    },
    ...reloadOption,
  },
  args: { min: 1 },
  storeless: true,
  async run(ctx, flags, paths, output) {
    const place = searchPlace(ctx);
    const plan = planInstallation(paths, { directory: installDirectory(place), isReplaced: flags.replace });
    await checkPlan(place, plan);
    copyFiles(plan);
    for (const { to } of plan) output.print(to);
    if (flags['reload-systemd']) await reloadSystemd(ctx, output);
  },
});

async function checkPlan(place: SearchPlace, plan: readonly Installation[]): Promise<void> {
  const from = new Set(plan.map((each) => each.from));
  const directories = [...new Set([...from].map((path) => dirname(path)))];
  const quadlets = loadQuadlets([...directories, ...searchDirectories(place)]);
  const errors = generateUnits(quadlets, await quadletSetup(place.isUser))
    .filter(({ quadlet }) => from.has(quadlet.path))
    .flatMap(({ problems }) => problems.filter(({ level }) => level === 'error'));
  if (errors.length === 0) return;
  throw new TspodError('invalid', errors.map((problem) => describeProblem(problem)).join('\n'), {
    hint: 'nothing was installed',
  });
}
