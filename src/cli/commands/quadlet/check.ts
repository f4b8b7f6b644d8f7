import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { TspodError } from '../../../lib/errors';
import { generateUnits } from '../../../systemd/quadlet/generate-units';
import { kindOf } from '../../../systemd/quadlet/kinds';
import { loadQuadlets } from '../../../systemd/quadlet/load-quadlets';
import { searchDirectories } from '../../../systemd/quadlet/search-paths';
import { defineCommand } from '../../define-command';
import { reportProblems } from './generate';
import { quadletSetup, searchPlace } from './setup';

/** `tspod quadlet check`. */
export default defineCommand({
  summary: 'Tell what is wrong in Quadlet files',
  usage: '[options] [FILE...]',
  description:
    'Looks at Quadlet files before systemd does: unknown sections and keys, each with the nearest right one, values that cannot be right, what tspod does not support, files that name others that are not there. A FILE may be a directory; other files are found beside it and where the generator looks. Without arguments all installed files are checked.\n\nEach line is FILE:LINE: KEY: what is wrong. The exit status is 0 when nothing is, else 1.',
  examples: ['tspod quadlet check web.container', 'tspod quadlet check ~/.config/containers/systemd'],
  options: {
    user: { type: 'boolean', description: "Check as a user's files (default: unless root)" },
  },
  args: { min: 0 },
  storeless: true,
  async run(ctx, flags, args, output) {
    const place = searchPlace(ctx, flags.user);
    const beside = args.map((arg) => (isDirectory(arg) ? realpathSync(arg) : dirname(quadletPath(arg))));
    const quadlets = loadQuadlets([...new Set([...beside, ...searchDirectories(place)])]);
    const generated = generateUnits(quadlets, await quadletSetup(place.isUser));
    const wanted = args.map((arg) => (isDirectory(arg) ? `${realpathSync(arg)}/` : quadletPath(arg)));
    const meant = generated.filter(
      ({ quadlet }) => args.length === 0 || wanted.some((path) => isMeant(quadlet.path, path)),
    );
    return reportProblems(output, meant, { strict: true });
  },
});

function isMeant(path: string, wanted: string): boolean {
  return wanted.endsWith('/') ? dirname(path) === wanted.slice(0, -1) : path === wanted;
}

function isDirectory(path: string): boolean {
  return kindOf(path) === undefined && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The full path of a Quadlet file, through links of directories. Throws when there is none, or it is none by its name. */
function quadletPath(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new TspodError('not-found', `there is no file "${path}"`);
  if (kindOf(basename(path)) === undefined)
    throw new TspodError('usage', `"${path}" is no Quadlet file by its name`, {
      hint: 'its name ends with .container, .volume, .image, .network, .build, .kube or .pod',
    });
  return join(realpathSync(dirname(resolve(path))), basename(path));
}
