/** What differs between two runs of one program, and what stands in its place. */
const CHANGING: readonly [RegExp, string][] = [
  [/[0-9a-f]{64}/g, 'ID'],
  [/\b([0-9a-f]{12}|[0-9a-f]{25})\b/g, 'ID'],
  [/\d{4}-\d{2}-\d{2}[T ][\d:.]+(Z|[+-][\d:]+)?( [+-]\d{4}( [A-Z]+)?)?/g, 'TIME'],
  [/Less than a second ago/g, 'AGO'],
  [/\b(about )?(an?|\d+) (seconds?|minutes?|hours?) ago/gi, 'AGO'],
  [/\b(Less than a second|(About )?(an?|\d+) (seconds?|minutes?))\b/g, 'PERIOD'],
  [/\b\d+(\.\d+)? ?[kMGT]?i?B\b/g, 'SIZE'],
  [/\b(podman|tspod)\b/gi, 'ENGINE'],
  // names that are made of two words, and the engines' own ports
  [/\b(ID) [a-z]+_[a-z]+$/gm, '$1 NAME'],
  [/\b[12]8(\d{3})\b/g, 'PORT$1'],
  [/ +/g, ' '],
  [/ $/gm, ''],
];

/** `text` without ids, times, sizes and the engine's name, blanks made one. */
export function blank(text: string): string {
  return CHANGING.reduce((result, [pattern, word]) => result.replace(pattern, word), text);
}
