import { realpathSync } from 'node:fs';
import { checkPolicy } from '../../config/policy';
import type { Context } from '../../lib/context';

/** Where images come from that are not pulled from a registry, as policy.json names it. */
export type SourceTransport =
  'oci' | 'oci-archive' | 'docker-archive' | 'dir' | 'containers-storage' | 'tarball';

/** What the images lie in, and who says whether they may be used. */
export interface ImageSource {
  transport: SourceTransport;
  /** Undefined is standard input. */
  path: string | undefined;
  /** `--signature-policy`: instead of the files that are looked for. */
  policyFile?: string | undefined;
}

/** Those whose scopes in policy.json are paths (containers-policy.json(5)). */
const WITH_PATHS: readonly SourceTransport[] = ['oci', 'oci-archive', 'dir'];

/** Fails unless policy.json accepts the images of a file, a directory or a local store. Errors: as `checkPolicy`. */
export function checkSource(ctx: Context, { transport, path, policyFile }: ImageSource): void {
  const identity = path !== undefined && WITH_PATHS.includes(transport) ? realpathSync(path) : '';
  checkPolicy(ctx, transport, identity, policyFile === undefined ? {} : { file: policyFile });
}
