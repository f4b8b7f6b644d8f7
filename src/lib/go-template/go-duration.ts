import { formatDuration } from '../duration';

const NS_PER_MS = 1e6;

/**
 * A period in nanoseconds that templates see as Go's time.Duration: printed as `1m30s`, compared as a number, with its
 * methods. In JSON it is the number, and left out when it is zero (`omitempty`).
 */
export class GoDuration {
  constructor(private readonly ns: number) {}

  toString(): string {
    return formatDuration(this.ns / NS_PER_MS);
  }

  valueOf(): number {
    return this.ns;
  }

  toJSON(): number | undefined {
    return this.ns === 0 ? undefined : this.ns;
  }

  Nanoseconds(): number {
    return this.ns;
  }

  Microseconds(): number {
    return Math.trunc(this.ns / 1e3);
  }

  Milliseconds(): number {
    return Math.trunc(this.ns / 1e6);
  }

  Seconds(): number {
    return this.ns / 1e9;
  }

  Minutes(): number {
    return this.ns / 60e9;
  }

  Hours(): number {
    return this.ns / 3600e9;
  }

  String(): string {
    return this.toString();
  }
}
