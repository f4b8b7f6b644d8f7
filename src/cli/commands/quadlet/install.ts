import { dirname } from 'node:path';
import { TspodError } from '../../../lib/errors';
import { describeProblem } from '../../../systemd/problem';
import { generateUnits } from '../../../systemd/quadlet/generate-units';
import { copyFiles, type Installation, planInstallation } from '../../../systemd/quadlet/install-files';
import { fetchQuadlets } from '../../../systemd/quadlet/fetch-quadlets';
import { loadQuadlets } from '../../../systemd/quadlet/load-quadlets';
import { installDirectory, searchDirectories, type SearchPlace } from '../../../systemd/quadlet/search-paths';
import { defineCommand } from '../../define-command';
import { reloadOption, reloadSystemd } from './reload';
import { quadletSetup, searchPlace } from './setup';

/** `tspod quadlet install`. */
export default defineCommand({
  summary: 'Install Quadlet files',
  usage: '[options] PATH|URL [PATH|URL...]',
  description:
    'Copies Quadlet files, those at addresses of the web too, and other files that they need, into $XDG_CONFIG_HOME/containers/systemd, as root into /etc/containers/systemd; of a directory all that is in it. The files are checked before: nothing is copied when one of them is not valid.',
  examples: [
    'tspod quadlet install web.container data.volume',
    'tspod quadlet install --replace ./site',
    'tspod quadlet install https://example.com/web.container',
  ],
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
    const fetched = await fetchQuadlets(ctx, paths);
    try {
      const to = { directory: installDirectory(place), isReplaced: flags.replace };
      const plan = planInstallation(fetched.paths, to);
      await checkPlan(place, plan);
      copyFiles(plan);
      for (const each of plan) output.print(each.to);
    } finally {
      fetched.close();
    }
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
