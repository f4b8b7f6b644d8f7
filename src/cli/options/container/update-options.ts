import { parseLimitChanges } from '../../../container/options/parse-limits';
import type { Limits } from '../../../container/record';
import type { Flags } from '../../define-command';
import { LIMIT_OPTIONS } from './limit-options';
import { checkLimited } from './limited-options';
import { limitTexts } from './parse-limit-flags';
import { REFUSED_OPTIONS } from './refused-options';

const { 'cgroup-conf': _conf, 'cgroup-parent': _parent, cgroups: _mode, ...limits } = LIMIT_OPTIONS;
const { 'cpu-rt-period': period, 'cpu-rt-runtime': runtime } = REFUSED_OPTIONS;

/** The limits that `update` and `container clone` can change. */
export const CHANGED_LIMIT_OPTIONS = {
  ...limits,
  'cpu-rt-period': period,
  'cpu-rt-runtime': runtime,
} as const;

/** The limits that were typed, and nothing more. Throws 'usage' and 'unsupported'. */
export function parseChangedLimits(flags: Flags<typeof CHANGED_LIMIT_OPTIONS>): Limits {
  checkLimited(flags);
  return parseLimitChanges(limitTexts(flags));
}
