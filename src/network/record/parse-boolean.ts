import { TspodError } from '../../lib/errors';

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** What Go takes for true or false. Throws 'usage' that begins with `what`. */
export function parseBoolean(text: string, what: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw new TspodError('usage', `${what}: "${text}" is neither true nor false`);
}
