import { readFileSync } from 'node:fs';
import type { BuildSecret } from '../request';

/** What a secret holds. Error: its file cannot be read any more. */
export function secretData(secret: BuildSecret): Buffer {
  return secret.kind === 'file' ? readFileSync(secret.path) : Buffer.from(secret.value);
}
