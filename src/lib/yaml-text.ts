/** Plain data as YAML in block style, as `podman info` prints it: keys in their order, text quoted where it must be. */
export function yamlText(value: unknown, indent = ''): string {
  if (Array.isArray(value))
    return value.map((item) => `${indent}- ${itemText(item, `${indent}  `)}`).join('');
  return Object.entries(value as object)
    .map(([key, entry]) => `${indent}${key}:${entryText(entry, indent)}`)
    .join('');
}

function entryText(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object') return ` ${scalar(value)}\n`;
  if (Object.keys(value).length === 0) return Array.isArray(value) ? ' []\n' : ' {}\n';
  return `\n${yamlText(value, Array.isArray(value) ? indent : `${indent}  `)}`;
}

function itemText(value: unknown, indent: string): string {
  if (value === null || typeof value !== 'object') return `${scalar(value)}\n`;
  return yamlText(value, indent).slice(indent.length);
}

/** Text that YAML 1.1 would take for something else, or that has its punctuation, stands in quotes. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z/_][\w ./@:+-]*$/.test(value) && !/: |\s$|:$/.test(value);
  const isWord = /^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return isPlain && !isWord ? value : JSON.stringify(value);
}
