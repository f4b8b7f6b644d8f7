import { checkStore } from '../../../container/check-store/check-store';
import { tellOfVolumes } from '../../../container/check-store/check-volumes';
import { removeDamaged, repairFinding } from '../../../container/check-store/repair';
import { removeLeftovers } from '../../../image/check/check-leftovers';
import { parseDuration } from '../../../lib/duration';
import { TspodError } from '../../../lib/errors';
import type { Finding, Owner } from '../../../store/check/finding';
import { defineCommand } from '../../define-command';
import { escapeControls } from '../../report-error';

/** `tspod system check`: one line for each finding; 0 when there is none, or all are repaired. */
export default defineCommand({
  summary: 'Check the consistency of the store',
  usage: '[options]',
  description:
    'Compares images with their digests and unpacked layers with their archives (types, sizes, modes, owners, extended attributes, links, contents), and looks for lost or broken records, for names that lead nowhere and for what is left over. Prints a line for each finding with the images, containers and volumes that suffer; ends with status 125 when there is one that was not repaired. Volumes are never changed.',
  examples: ['tspod system check --quick', 'tspod system check --repair'],
  options: {
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Repair, and remove images that stay damaged, and their containers',
    },
    max: {
      type: 'string',
      short: 'm',
      value: 'DURATION',
      default: '24h',
      description: 'Tell only of left-overs that are older than this',
    },
    quick: { type: 'boolean', short: 'q', description: 'Do not read contents and recompute digests' },
    repair: {
      type: 'boolean',
      short: 'r',
      description: 'Rebuild what can be rebuilt from what the store has, without the network',
    },
  },
  args: { min: 0, max: 0 },
  userns: true,
  async run(ctx, flags, _args, output) {
    const repair = flags.repair === true || flags.force === true;
    const options = { quick: flags.quick ?? false, maxAge: parseDuration(flags.max) };
    const damaged: Finding[] = [];
    let leftOver = 0;
    for await (const finding of checkStore(ctx, options)) {
      const { outcome, why } = repair ? await repairFinding(finding) : { outcome: 'damaged' as const };
      if (outcome === 'damaged') damaged.push(finding);
      if (outcome === 'left-over') leftOver++;
      output.print(escapeControls(line(finding) + ending(repair, outcome, why ?? finding.cure)));
    }
    for (const note of tellOfVolumes(ctx)) output.note(escapeControls(`Warning: ${note}`));
    if (leftOver > 0) removeLeftovers(ctx, options);
    const isLeft = flags.force === true ? await removeThem(damaged) : damaged.length > 0;
    if (!isLeft) return;
    const still = 'damage in local storage still present after repair attempt';
    throw new TspodError('invalid', repair ? still : 'damage detected in local storage', {
      hint: repair
        ? 'bring the images again, or remove what is damaged with "tspod system check --force"'
        : 'repair what can be repaired with "tspod system check --repair"',
    });

    async function removeThem(findings: readonly Finding[]): Promise<boolean> {
      const owners = new Map(findings.flatMap((each) => each.owners.map((owner) => [label(owner), owner])));
      for (const owner of await removeDamaged(ctx, [...owners.values()]))
        output.print(`${label(owner)}: removed`);
      return findings.some((each) => each.owners.every(({ kind }) => kind === 'volume'));
    }
  },
});

function label({ kind, name }: Owner): string {
  return `${kind} ${name}`;
}

function line({ owners, text }: Finding): string {
  if (owners.length === 0) return text;
  const shown = owners.slice(0, 3).map(label);
  const rest = owners.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}: ${text}`;
}

function ending(repair: boolean, outcome: string, why: string | undefined): string {
  if (outcome === 'repaired') return ': repaired';
  if (outcome === 'left-over') return ': removed';
  if (why === undefined) return '';
  return repair ? `: not repaired: ${why}` : ` (${why})`;
}
