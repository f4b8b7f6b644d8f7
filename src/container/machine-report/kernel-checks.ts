import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../../lib/context';
import { firstLine, ok, sysctl, type Finding } from './finding';

const FIRST_FREE_PORT = 1024;

/** AppArmor lets users make user namespaces, or has a profile for tspod that does. */
export function checkAppArmor(ctx: Context): Finding {
  if (firstLine('/sys/module/apparmor/parameters/enabled') !== 'Y') return ok('off');
  const profile = firstLine('/proc/self/attr/apparmor/current') ?? firstLine('/proc/self/attr/current') ?? '';
  if (ctx.uid === 0 || sysctl('kernel/apparmor_restrict_unprivileged_userns') !== '1') return ok('on');
  if (existsSync('/etc/apparmor.d/tspod')) return ok(`on, with the profile tspod; this process: ${profile}`);
  return {
    level: 'warn',
    detail: 'restricts the user namespaces of programs without a profile',
    cure: `sudo cp ${profileFile(ctx)} /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/tspod`,
  };
}

/** It is shipped beside the program. */
function profileFile(ctx: Context): string {
  return join(dirname(ctx.paths.embeddedImage), '../native/apparmor/tspod');
}

/** SELinux does not label what tspod makes. */
export function checkSelinux(): Finding {
  const enforcing = firstLine('/sys/fs/selinux/enforce');
  if (enforcing === undefined) return ok('off');
  if (enforcing === '0') return ok('permissive');
  return {
    level: 'warn',
    detail: 'enforcing: containers have no label of their own; :z and :Z of volumes are refused',
    cure: 'label folders for containers: chcon -R -t container_file_t FOLDER',
  };
}

/** The ports that users may open. */
export function checkLowPorts(ctx: Context): Finding {
  if (ctx.uid === 0) return ok('can be published');
  const first = Number(sysctl('net/ipv4/ip_unprivileged_port_start') ?? FIRST_FREE_PORT);
  if (first < FIRST_FREE_PORT) return ok(`can be published from ${first} on`);
  return {
    level: 'warn',
    detail: `cannot be published: the first is ${first}`,
    cure: 'sudo sysctl net.ipv4.ip_unprivileged_port_start=80 (and the same line in /etc/sysctl.d/ports.conf)',
  };
}
