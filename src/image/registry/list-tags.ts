import { TspodError } from '../../lib/errors';
import { nextPage } from './next-page';
import type { RepositoryCalls } from './repository';
import { readJson } from './response-text';

const mostPages = 1000;

/** `Repository.tags` (distribution specification, end-8), over as many pages as the registry makes of it. */
export async function listTags({ session, path, label, scopes }: RepositoryCalls): Promise<string[]> {
  const action = `reading the tags of ${label}`;
  const tags: string[] = [];
  const seen = new Set<string>();
  let target: string | URL | undefined = `/v2/${path}/tags/list`;
  while (target !== undefined) {
    const page: string | URL = target;
    if (seen.has(String(page)) || seen.size === mostPages)
      throw new TspodError('invalid', `${action}: the registry's list has no end`);
    seen.add(String(page));
    target = await session.retry(async () => {
      const response = await session.request({ method: 'GET', target: page, scopes });
      if (response.status !== 200) throw await session.failure(response, action);
      const { tags: some } = await readJson(response, `${action}: the list`);
      if (Array.isArray(some)) tags.push(...some.filter((tag): tag is string => typeof tag === 'string'));
      return nextPage(response);
    });
  }
  return tags;
}
