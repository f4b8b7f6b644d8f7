import type { ContainersConf } from '../../config/containers-conf-keys';
import type { TransferDefaults } from '../../lib/context';
import { parseSeconds } from '../../lib/duration';
import { compressionOf } from './compression-options';
import { useValue } from './conf-value';
import { parsePullPolicy } from './pull-policy';

/** What containers.conf says of pull, push and save; undefined where it says nothing. Throws 'invalid', with file, line and key. */
export function transferDefaults(conf: ContainersConf): TransferDefaults | undefined {
  const transfer: TransferDefaults = {};
  useValue(conf, ['engine', 'retry'], (count) => {
    transfer.retry = notNegative(count);
  });
  useValue(conf, ['engine', 'retry_delay'], (delay) => {
    if (delay !== '') transfer.retryDelay = parseSeconds(delay);
  });
  useValue(conf, ['engine', 'pull_policy'], (policy) => {
    if (policy !== '') transfer.pullPolicy = parsePullPolicy(policy);
  });
  useValue(conf, ['engine', 'image_parallel_copies'], (count) => {
    if (notNegative(count) > 0) transfer.atOnce = count;
  });
  useValue(conf, ['engine', 'multi_image_archive'], (isOn) => {
    transfer.multiImageArchive = isOn;
  });
  addCompression(transfer, conf);
  return Object.keys(transfer).length === 0 ? undefined : transfer;
}

function addCompression(transfer: TransferDefaults, conf: ContainersConf): void {
  useValue(conf, ['engine', 'compression_format'], (format) => {
    if (format !== '') transfer.compression = compressionOf(plainFormat(format), undefined);
  });
  useValue(conf, ['engine', 'add_compression'], (formats) => {
    const known = formats.map((format) => compressionOf(plainFormat(format), undefined).format);
    if (known.length > 0) transfer.addCompression = known;
  });
  useValue(conf, ['engine', 'compression_level'], (level) => {
    if (level !== 0) transfer.compression = compressionOf(transfer.compression?.format, level);
  });
}

/** The one is of the same kind as the other, and what it has beyond it is for partial pulls. */
function plainFormat(format: string): string {
  return format === 'zstd:chunked' ? 'zstd' : format;
}

function notNegative(value: number): number {
  if (value >= 0) return value;
  throw new Error(`${value} is negative`);
}
