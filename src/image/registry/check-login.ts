import { findRegistry } from '../../config/find-registry';
import { loadRegistriesConf } from '../../config/registries-conf';
import type { Context } from '../../lib/context';
import { isWebPage, readAll, webPage } from './response-text';
import { makeSession } from './session';
import { contactedHost } from './endpoints';
import type { RegistryOptions } from './types';

/**
 * Shows `options.credentials` to a registry (`host[:port]`), as `login` does before it keeps them. Errors: `denied`
 * (they are not accepted), `network`, `invalid` (no registry answers).
 */
export async function checkLogin(
  ctx: Context,
  registry: string,
  options: RegistryOptions & Required<Pick<RegistryOptions, 'credentials'>>,
): Promise<void> {
  const insecure = findRegistry(loadRegistriesConf(ctx), registry)?.insecure ?? false;
  const session = makeSession(
    ctx,
    { host: contactedHost(registry), loginKey: registry, insecure, takesCredentials: true },
    options,
  );
  await session.retry(async () => {
    const response = await session.request({ method: 'GET', target: '/v2/', scopes: [] });
    if (response.status !== 200) throw await session.failure(response, `logging into ${registry}`);
    const answer = await readAll(response, 'the answer');
    if (isWebPage(answer)) throw webPage(response, 'the answer', 'one of a registry');
  });
}
