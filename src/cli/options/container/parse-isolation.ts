import { commonMaps } from '../../../container/id-maps';
import { parseIdMaps } from '../../../container/options/parse-id-maps';
import { parseNamespace } from '../../../container/options/parse-namespace';
import { parseSecurity } from '../../../container/options/parse-security';
import { parseSysctls } from '../../../container/options/parse-sysctl';
import { parseUlimit } from '../../../container/options/parse-ulimit';
import { parseUserns } from '../../../container/options/parse-userns';
import { checkCapabilities } from '../../../container/capabilities';
import type { UsernsMode } from '../../../container/record';
import type { Context } from '../../../lib/context';
import { TspodError } from '../../../lib/errors';
import type { ContainerFlags } from './container-options';

/** What a container may see and do, from its flags. */
export function parseIsolation(ctx: Context, flags: ContainerFlags) {
  checkCapabilities(flags['cap-add'], flags['cap-drop']);
  return {
    ...(flags.hostname === undefined || flags.hostname === ''
      ? {}
      : { hostname: parseHostname(flags.hostname) }),
    namespaces: {
      pid: parseNamespace('pid', flags.pid),
      ipc: parseNamespace('ipc', flags.ipc),
      uts: parseNamespace('uts', flags.uts),
      cgroup: parseNamespace('cgroupns', flags.cgroupns),
    },
    userns: parseUserNamespace(ctx, flags),
    capAdd: flags['cap-add'],
    capDrop: flags['cap-drop'],
    security: parseSecurity(flags['security-opt']),
    privileged: flags.privileged ?? false,
    ulimits: flags.ulimit.map(parseUlimit),
    sysctls: parseSysctls(flags.sysctl),
  };
}

function parseUserNamespace(ctx: Context, flags: ContainerFlags): UsernsMode {
  const { uidmap, gidmap, userns } = flags;
  if (uidmap.length === 0 && gidmap.length === 0) return parseUserns(userns);
  if (userns !== undefined && userns !== 'private') {
    throw new TspodError('usage', '--userns and --uidmap/--gidmap are mutually exclusive');
  }
  return { kind: 'maps', ...parseIdMaps({ uids: uidmap, gids: gidmap }, commonMaps(ctx)) };
}

function parseHostname(text: string): string {
  if (text.length <= 64 && /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(text)) return text;
  throw new TspodError('usage', `invalid host name "${text}"`, {
    hint: 'use at most 64 letters, digits, dots, dashes and underscores',
  });
}
