/** The SHA-256 of a text in hexadecimal: Podman's id of the default network is that of its name. */
export function digestText(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}
