import { join } from 'node:path';
import type { Context } from '../../lib/context';

/** Where the units of this user, or root's, which are the system's, are. */
export interface UnitPlace {
  /** The folder in the package. */
  source: string;
  /** The folder that systemd reads. */
  directory: string;
  /** Links that only root can make: what systemd shall find, and the file in the package. */
  links: { path: string; target: string }[];
}

/** `project` is the folder of the package; `etc` is for tests. */
export function unitPlace({ env, home, uid }: Context, project: string, etc = '/etc/systemd'): UnitPlace {
  if (uid !== 0) {
    const configuration = env['XDG_CONFIG_HOME'] || join(home, '.config');
    return {
      source: join(project, 'systemd/user'),
      directory: join(configuration, 'systemd/user'),
      links: [],
    };
  }
  const target = join(project, 'libexec/tspod-user-generator');
  const links = ['user', 'system'].map((whose) => ({
    path: join(etc, `${whose}-generators/tspod-${whose}-generator`),
    target,
  }));
  return { source: join(project, 'systemd/system'), directory: join(etc, 'system'), links };
}
