import { execute } from './execute';
import { hasFunction } from './functions';
import { parseTemplate } from './parser';

/** A template that was read, ready for any number of values. */
export interface Template {
  /** The text that the template makes of `data`. Throws a usage error that names the place and the field. */
  execute(data: unknown): string;
}

/**
 * Reads a template in the language of Go's text/template, with Podman's functions. `name` stands in its messages, as
 * in `template: ps:1:2: executing "ps" at <.Foo>: can't evaluate field Foo`. Throws a usage error when it cannot be read.
 */
export function compileTemplate(name: string, text: string): Template {
  const parsed = parseTemplate(name, text, hasFunction);
  return { execute: (data) => execute(parsed, data) };
}
