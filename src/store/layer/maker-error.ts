import { getSystemErrorName } from 'node:util';
import { TspodError, wrapError } from '../../lib/errors';
import { displayPath } from '../tar/entry';

/** What has gone wrong in the process that makes files: what it did, and why that failed, in the system's words. */
export interface MakerFailure {
  errno: number;
  action: string;
  reason: string;
  path: string;
}

/** The error for it, which names the member of the archive. */
export function makerError(failure: MakerFailure): TspodError {
  return wrapError(`entry ${displayPath(failure.path)}`, causeOf(failure));
}

function causeOf({ errno, action, reason }: MakerFailure): Error {
  const code = getSystemErrorName(-errno);
  const text = `${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`;
  if (action.startsWith('owner ') && ['EINVAL', 'EPERM', 'EOVERFLOW'].includes(code))
    return ownerError(action);
  if (action.startsWith('extended attribute')) return new TspodError('system', `${action}: ${text}`);
  return Object.assign(new Error(`${code}: ${text}, ${action}`), { code, errno: -errno, syscall: action });
}

/** `owner` reads `owner UID:GID`. */
export function ownerError(owner: string): TspodError {
  return new TspodError('machine', `${owner} is not among the ids that this user has`, {
    hint: 'give the user more with "sudo usermod --add-subuids FIRST-LAST --add-subgids FIRST-LAST USER"; they count when none of its containers runs',
  });
}
