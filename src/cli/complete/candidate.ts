/** One word that may be completed to; `:files` asks the shell for file names. */
export interface Candidate {
  word: string;
  description?: string;
}

/** File names, which the shell knows best. */
export const FILES: Candidate = { word: ':files' };

/** Words without descriptions. */
export function candidates(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word }));
}
