/** What names of units are made of (systemd.unit); others are passed over by systemd without a word. */
const NAME = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

/** A name that systemd takes: each byte that may not be in it becomes \xHH, as systemd-escape(1) writes it. */
export function escapeUnitName(name: string): string {
  if (NAME.test(name)) return name;
  const escaped = [...Buffer.from(name)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return NAME.test(letter) ? letter : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `${escaped
    .join('')
    .slice(0, 255 - '.service'.length)
    .replace(/\.service$/, '')}.service`;
}

/** Whether systemd takes it as the name of a unit. */
export function isUnitName(name: string): boolean {
  return NAME.test(name);
}
