import { TspodError } from '../../../lib/errors';
import { VERSION } from '../../../lib/version';
import { describeProblem } from '../../../systemd/problem';
import { type Generated, generateUnits } from '../../../systemd/quadlet/generate-units';
import { loadQuadlets } from '../../../systemd/quadlet/load-quadlets';
import { searchDirectories } from '../../../systemd/quadlet/search-paths';
import { writeUnits } from '../../../systemd/quadlet/write-units';
import { defineCommand, type Output } from '../../define-command';
import { quadletSetup, searchPlace } from './setup';

/** `tspod quadlet generate`: what systemd runs, as systemd.generator(7) describes it. */
export default defineCommand({
  summary: 'Make units of Quadlet files',
  usage: '[options] DIRECTORY [EARLY-DIRECTORY [LATE-DIRECTORY]]',
  description:
    'Reads all Quadlet files of the user, or those of the system as root, and writes a unit of each into DIRECTORY, with the links that its section [Install] asks for. systemd does this itself, at the start of its user manager and at each "systemctl --user daemon-reload", once libexec/tspod-user-generator of this package is linked into /etc/systemd/user-generators.\n\nFrom the first that there is: $XDG_RUNTIME_DIR/containers/systemd, $XDG_CONFIG_HOME/containers/systemd, /etc/containers/systemd/users, /etc/containers/systemd/users/UID, the same below /usr/share, and all directories in these; QUADLET_UNIT_DIRS replaces them.\n\nA file that is not valid becomes a unit that fails and says why; what is wrong is written to standard error, and the exit status is 1.',
  examples: [
    'tspod quadlet generate --dryrun',
    'tspod quadlet generate --user /run/user/1000/systemd/generator',
  ],
  options: {
    dryrun: { type: 'boolean', default: false, description: 'Print the units instead of writing them' },
    user: { type: 'boolean', description: "Make units of a user (default: unless root's)" },
    verbose: { type: 'boolean', short: 'v', default: false, description: 'Tell what is read and written' },
    version: { type: 'boolean', default: false, description: 'Print the version' },
    'no-kmsg-log': {
      type: 'boolean',
      default: false,
      description: 'Accepted: messages go to standard error only',
    },
  },
  args: { min: 0, max: 3 },
  storeless: true,
  async run(ctx, flags, [directory], output) {
    if (flags.version) return output.print(VERSION);
    if (directory === undefined && !flags.dryrun)
      throw new TspodError('usage', 'the directory for the units is missing', {
        hint: 'add --dryrun to see them, or name the directory',
      });
    const place = searchPlace(ctx, flags.user);
    const say = (line: string): void => (flags.verbose ? output.note(line) : undefined);
    const directories = searchDirectories(place);
    say(`looking in ${directories.join(', ')}`);
    const generated = generateUnits(loadQuadlets(directories), await quadletSetup(place.isUser));
    for (const { quadlet, unit } of generated) say(`${quadlet.path} -> ${unit.name}`);
    if (flags.dryrun) for (const { unit } of generated) output.print(`---${unit.name}---\n${unit.text}`);
    else
      writeUnits(
        directory as string,
        generated.map(({ unit }) => unit),
      );
    return reportProblems(output, generated);
  },
});

/** Writes what is wrong to standard error. Returns 1 when there are errors, or warnings where these count too. */
export function reportProblems(
  output: Output,
  generated: readonly Pick<Generated, 'problems'>[],
  { strict = false } = {},
): number {
  const problems = generated.flatMap((each) => each.problems);
  for (const problem of problems) output.note(describeProblem(problem));
  const counts = strict ? ['error', 'warning'] : ['error'];
  return problems.some(({ level }) => counts.includes(level)) ? 1 : 0;
}
