import type { OciSeccomp, OciSeccompRule } from '../../runtime/oci-spec';
import { architecturesOf } from './architectures';
import {
  ALLOWED_CALLS,
  ARCHITECTURE_CALLS,
  CAPABILITY_CALLS,
  DENIED_CALLS,
  PERSONALITIES,
} from './system-calls';

const EPERM = 1;
const EINVAL = 22;
const ENOSYS = 38;
/** AF_NETLINK and NETLINK_AUDIT: the kernel's audit log is one for all namespaces. */
const NETLINK = 16;
const AUDIT = 9;

/** The filter that a container has unless it is told otherwise, for the capabilities of its bounding set. */
export function defaultProfile(capabilities: readonly string[], arch: string = process.arch): OciSeccomp {
  const { allowed, denied } = sortCalls(capabilities, arch);
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    architectures: architecturesOf(arch),
    syscalls: [
      { names: denied, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      { names: allowed, action: 'SCMP_ACT_ALLOW' },
      ...PERSONALITIES.map(personalityRule),
      ...socketRules(capabilities),
    ],
  };
}

/** What a capability allows is not denied, though another group would deny it. */
function sortCalls(capabilities: readonly string[], arch: string): { allowed: string[]; denied: string[] } {
  const allowed = new Set([...words(ALLOWED_CALLS), ...words(ARCHITECTURE_CALLS[arch] ?? '')]);
  const denied = new Set(words(DENIED_CALLS));
  for (const [capability, calls] of CAPABILITY_CALLS) {
    for (const call of words(calls)) (capabilities.includes(capability) ? allowed : denied).add(call);
  }
  return { allowed: [...allowed], denied: [...denied].filter((call) => !allowed.has(call)) };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function personalityRule(value: number): OciSeccompRule {
  return {
    names: ['personality'],
    action: 'SCMP_ACT_ALLOW',
    args: [{ index: 0, value, valueTwo: 0, op: 'SCMP_CMP_EQ' }],
  };
}

/** Audit sockets only with CAP_AUDIT_WRITE: programs take EINVAL as 'there is no audit here', EPERM as an error. */
function socketRules(capabilities: readonly string[]): OciSeccompRule[] {
  if (capabilities.includes('CAP_AUDIT_WRITE')) return [{ names: ['socket'], action: 'SCMP_ACT_ALLOW' }];
  const family = { index: 0, value: NETLINK, valueTwo: 0 };
  const protocol = { index: 2, value: AUDIT, valueTwo: 0 };
  return [
    {
      names: ['socket'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: EINVAL,
      args: [
        { ...family, op: 'SCMP_CMP_EQ' },
        { ...protocol, op: 'SCMP_CMP_EQ' },
      ],
    },
    { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [{ ...protocol, op: 'SCMP_CMP_NE' }] },
    { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [{ ...family, op: 'SCMP_CMP_NE' }] },
  ];
}
