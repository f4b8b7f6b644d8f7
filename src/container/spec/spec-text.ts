import type { OciSpec } from '../../runtime/oci-spec';

/** RLIM_INFINITY, which no number of JavaScript can hold. */
const NO_LIMIT = '18446744073709551615';

/** The text of config.json. A limit of -1 becomes the greatest unsigned number, as the schema wants it. */
export function specText(spec: OciSpec): string {
  // inside a string of JSON the quotes would have backslashes
  return JSON.stringify(spec).replace(/"(soft|hard)":-1\b/g, `"$1":${NO_LIMIT}`);
}
