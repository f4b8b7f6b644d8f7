/** That of `podman`: for it nobody has to load what makes digests. */
const USUAL: Readonly<Record<string, string>> = {
  podman: '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9',
};

/** The SHA-256 of a text in hexadecimal: Podman's id of the default network is that of its name. */
export function digestText(text: string): string {
  const usual = Object.hasOwn(USUAL, text) ? USUAL[text] : undefined;
  if (usual !== undefined) return usual;
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}
