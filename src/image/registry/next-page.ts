import type { HttpResponse } from './exchange';

/**
 * The next page of a list: `Link: <...>; rel="next"` (RFC 8288), undefined on the last one. Always a page of the same
 * host: only path and query count.
 */
export function nextPage({ headers, url }: HttpResponse): URL | undefined {
  const link = headers['link'];
  const text = (Array.isArray(link) ? link.join(', ') : (link ?? '')).trim();
  const [, location = ''] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(text) ?? /^<([^>]*)>$/.exec(text) ?? [];
  if (location === '' || !URL.canParse(location, url.href)) return undefined;
  const { pathname, search } = new URL(location, url);
  return new URL(`${pathname}${search}`, url);
}
