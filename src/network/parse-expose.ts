import { TspodError, wrapError } from '../lib/errors';
import { parsePortRange, parseProtocols } from './parse-publish';
import type { PortMapping } from './types';

/** A port that the container listens on. */
export interface ExposedPort {
  port: number;
  protocol: PortMapping['protocol'];
}

/** Parses `--expose` and an image's ExposedPorts: `80`, `80-90`, `53/udp`. Throws 'usage'. */
export function parseExpose(text: string): ExposedPort[] {
  try {
    const [range = '', protocol = '', ...rest] = text.split('/');
    if (rest.length > 0) {
      throw new TspodError('usage', 'protocol can only be specified once');
    }
    const protocols = parseProtocols(protocol);
    const { start, length } = parsePortRange(range);
    return protocols.flatMap((name) =>
      Array.from({ length }, (_, index) => ({ port: start + index, protocol: name })),
    );
  } catch (error) {
    throw wrapError(`exposed port "${text}"`, error);
  }
}
