import { resolve } from 'node:path';
import { TspodError } from '../../lib/errors';
import { parseSize } from '../../lib/size';
import type { LogSettings } from '../record';

const DRIVERS: readonly LogSettings['driver'][] = [
  'k8s-file',
  'json-file',
  'journald',
  'none',
  'passthrough',
];

/** Parses `--log-driver` and every `--log-opt`. Throws 'usage'. */
export function parseLog(driver: string, options: readonly string[]): LogSettings {
  const known = DRIVERS.find((each) => each === driver);
  if (known === undefined) {
    throw new TspodError('usage', `invalid log driver "${driver}"`, {
      hint: `use one of ${DRIVERS.join(', ')}`,
    });
  }
  const settings: LogSettings = { driver: known };
  for (const option of options) {
    const equals = option.indexOf('=');
    const value = equals < 0 ? '' : option.slice(equals + 1);
    if (value === '') throw new TspodError('usage', `--log-opt "${option}": expected NAME=VALUE`);
    applyOption(settings, option.slice(0, equals), value);
  }
  return settings;
}

function applyOption(settings: LogSettings, name: string, value: string): void {
  if (name === 'path') settings.path = resolve(value);
  else if (name === 'tag') settings.tag = value;
  else if (name === 'max-size') settings.maxSize = parseSize(value);
  else if (name === 'max-file') settings.maxFile = parseCount(value);
  else {
    throw new TspodError('usage', `unknown log option "${name}"`, {
      hint: 'use path, tag, max-size or max-file',
    });
  }
}

function parseCount(value: string): number {
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  throw new TspodError('usage', `--log-opt max-file: "${value}" is not a number of files`);
}
