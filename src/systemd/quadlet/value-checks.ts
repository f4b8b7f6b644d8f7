import { parseDuration, parseSeconds } from '../../lib/duration';
import { describeError } from '../../lib/errors';
import { parseSize } from '../../lib/size';
import { isIPv4, isIPv6 } from '../../network/ip-address';
import { parsePublish } from '../../network/parse-publish';
import { didYouMean } from '../problem';

/** Says what is wrong with a value, or nothing. */
export type Check = (value: string) => string | undefined;

/** A time such as `30s` or `1m30s`, or one of `words`. */
export function isTime(...words: readonly string[]): Check {
  return known(words, parseDuration);
}

/** A time, or a number of seconds. */
export const isSeconds: Check = known([], parseSeconds);

/** A size such as `64m`, or one of `words`. */
export function isSize(...words: readonly string[]): Check {
  return known(words, parseSize);
}

/** What `--publish` takes. */
export const isPublished: Check = known([], parsePublish);

/** A port or a range of them, with or without a protocol. */
export const isExposed: Check = (value) =>
  isOpen(value) || /^\d+(-\d+)?(\/(tcp|udp))?$/.test(value.trim())
    ? undefined
    : `"${value}" is not a port, as 80, 80-90 or 53/udp`;

/** An address of IPv4 or IPv6. */
export const isAddress: Check = (value) =>
  isOpen(value) || isIPv4(value) || isIPv6(value) ? undefined : `"${value}" is no IP address`;

/** A network as `10.89.0.0/24` or `fd00::/64`. */
export const isNetwork: Check = (value) => {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? [];
  const isRight = (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
  return isOpen(value) || (bits !== '' && isRight)
    ? undefined
    : `"${value}" is no network, as 10.89.0.0/24 or fd00::/64`;
};

/** A part of a network: a smaller one, or its first and its last address. */
export const isNetworkRange: Check = (value) => {
  const ends = value.split('-');
  if (ends.length !== 2) return isNetwork(value);
  return ends.map(isAddress).find((wrong) => wrong !== undefined);
};

/** A whole number of at least `least`. */
export function isNumber(least = 0): Check {
  return (value) =>
    isOpen(value) || (/^-?\d+$/.test(value) && Number(value) >= least)
      ? undefined
      : `"${value}" is not a whole number of at least ${least}`;
}

/** One of these words. */
export function isOneOf(...words: readonly string[]): Check {
  return (value) =>
    isOpen(value) || words.includes(value.toLowerCase())
      ? undefined
      : `"${value}" is none of ${words.join(', ')}${didYouMean(value, words)}`;
}

/** Whether systemd may yet make something else of the value: specifiers and variables. */
export function isOpen(value: string): boolean {
  return /[%$]/.test(value);
}

function known(words: readonly string[], parse: (value: string) => unknown): Check {
  return (value) => {
    if (isOpen(value) || words.includes(value)) return undefined;
    try {
      parse(value);
      return undefined;
    } catch (error) {
      return describeError(error);
    }
  };
}
