let count = 0;

/** A name that no other test uses: `prefix-PID-N`. */
export function uniqueName(prefix = 'test'): string {
  count += 1;
  return `${prefix}-${process.pid}-${count}`;
}
