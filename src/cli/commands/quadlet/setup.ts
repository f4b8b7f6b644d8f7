import type { Context } from '../../../lib/context';
import { programWords } from '../../../systemd/program-words';
import type { SearchPlace } from '../../../systemd/quadlet/search-paths';
import type { QuadletSetup } from '../../../systemd/quadlet/types';
import type { OptionTable } from '../../define-command';

/** Where Quadlet files of this user are; root's are the system's. */
export function searchPlace(ctx: Context, isUser = ctx.uid !== 0): SearchPlace {
  return { env: ctx.env, home: ctx.home, uid: ctx.uid, isUser };
}

/** What units are made for: this very program, with the options that its commands refuse. */
export async function quadletSetup(isUser: boolean): Promise<QuadletSetup> {
  const [run, create, pull] = await Promise.all([
    import('../container/run'),
    import('../volume/create'),
    import('../image/pull'),
  ]);
  return {
    program: programWords(process.argv[1] ?? 'tspod', process.execPath),
    isUser,
    refusals: {
      container: refusalsOf(run.default.options),
      volume: refusalsOf(create.default.options),
      image: refusalsOf(pull.default.options),
    },
  };
}

function refusalsOf(options: OptionTable): Map<string, string> {
  return new Map(
    Object.entries(options).flatMap(([name, { refuse }]) =>
      refuse === undefined ? [] : [[name, refuse] as const],
    ),
  );
}
