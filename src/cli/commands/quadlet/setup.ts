import type { Context } from '../../../lib/context';
import { programWords } from '../../../systemd/program-words';
import type { SearchPlace } from '../../../systemd/quadlet/search-paths';
import type { QuadletKind, QuadletSetup } from '../../../systemd/quadlet/types';
import { findCommand } from '../../command-table';

/** Where Quadlet files of this user are; root's are the system's. */
export function searchPlace(ctx: Context, isUser = ctx.uid !== 0): SearchPlace {
  return { env: ctx.env, home: ctx.home, uid: ctx.uid, isUser };
}

/** The command that the unit of each kind starts. */
const COMMANDS: Readonly<Record<QuadletKind, string>> = {
  container: 'container run',
  volume: 'volume create',
  network: 'network create',
  image: 'image pull',
  build: 'image build',
  artifact: 'artifact pull',
  kube: 'kube play',
  pod: 'pod create',
};

/** What units are made for: this very program, with what its commands refuse. */
export async function quadletSetup(isUser: boolean): Promise<QuadletSetup> {
  const refusals = await Promise.all(
    Object.entries(COMMANDS).map(async ([kind, path]) => [kind, await refusalsOf(path)] as const),
  );
  return {
    program: programWords(process.argv[1] ?? 'tspod', process.execPath),
    isUser,
    refusals: Object.fromEntries(refusals) as QuadletSetup['refusals'],
  };
}

async function refusalsOf(path: string): Promise<ReadonlyMap<string, string> | string> {
  const row = findCommand(path);
  if (row?.load === undefined) return `"tspod ${path}" is not built yet`;
  const { options } = (await row.load()).default;
  return new Map(
    Object.entries(options).flatMap(([name, { refuse }]) =>
      refuse === undefined ? [] : [[name, refuse] as const],
    ),
  );
}
