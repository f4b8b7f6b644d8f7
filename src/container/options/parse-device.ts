import { TspodError } from '../../lib/errors';
import type { DeviceMapping } from '../record';

/** Whether a device is named as the Container Device Interface does: `vendor.com/class=name`. */
export function isCdiName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]*\/[A-Za-z][A-Za-z0-9_-]*=[A-Za-z0-9][A-Za-z0-9_.:-]*$/.test(text);
}

/**
 * Parses `--device HOST[:CONTAINER][:rwm]`; whether the host path exists is seen when the container is made.
 * Throws 'usage'.
 */
export function parseDevice(text: string): DeviceMapping {
  const parts = text.split(':');
  if (parts.length > 3 || !parts[0]) throw malformed(text, 'expected HOST[:CONTAINER][:PERMISSIONS]');
  const hostPath = parts[0];
  if (!hostPath.startsWith('/')) throw malformed(text, `"${hostPath}" is not an absolute path`);
  const second = parts[1];
  if (parts.length === 2 && second !== undefined && isPermissions(second)) {
    return { hostPath, containerPath: hostPath, permissions: second };
  }
  const containerPath = second === undefined || second === '' ? hostPath : second;
  if (!containerPath.startsWith('/')) throw malformed(text, `invalid device mode: ${containerPath}`);
  const permissions = parts[2] ?? 'rwm';
  if (!isPermissions(permissions)) throw malformed(text, `invalid device mode: ${permissions}`);
  return { hostPath, containerPath, permissions };
}

function isPermissions(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}

function malformed(text: string, reason: string): TspodError {
  return new TspodError('usage', `--device "${text}": ${reason}`, {
    hint: 'write /dev/HOST[:/dev/CONTAINER][:rwm]',
  });
}
