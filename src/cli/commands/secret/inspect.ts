import { throwFailures } from '../../../container/select';
import { TspodError, wrapError } from '../../../lib/errors';
import { plainJson } from '../../../lib/go-template/go-json';
import { goTime, parseTime } from '../../../lib/time';
import { inspectSecret } from '../../../secret/inspect-secret';
import type { Secret } from '../../../secret/secret';
import { findSecret } from '../../../secret/secret-store';
import { defineCommand, type Output } from '../../define-command';
import { printInspected } from '../../print/print-value';

/** `tspod secret inspect`. */
export default defineCommand({
  summary: 'Inspect a secret',
  usage: '[options] SECRET [SECRET...]',
  examples: ['tspod secret inspect token', "tspod secret inspect --format '{{.Spec.Driver.Name}}' token"],
  options: {
    format: { type: 'string', short: 'f', value: 'FORMAT', description: 'JSON or a Go template' },
    pretty: { type: 'boolean', default: false, description: 'Print in a form for people' },
    showsecret: { type: 'boolean', default: false, description: 'Display the secret' },
  },
  args: { min: 1 },
  run(ctx, flags, names, output) {
    if (flags.pretty && flags.format !== undefined)
      throw new TspodError('usage', '--format and --pretty cannot be used together');
    const found: Secret[] = [];
    const failures: unknown[] = [];
    for (const name of names) {
      try {
        found.push(findSecret(ctx, name));
      } catch (error) {
        if (!(error instanceof TspodError)) throw error;
        failures.push(wrapError('inspecting secret', error));
      }
    }
    if (flags.pretty) for (const secret of found) printPretty(output, secret);
    else {
      const values = found.map((secret) => inspectSecret(ctx, secret, { showData: flags.showsecret }));
      print(output, values, flags.format);
    }
    throwFailures(failures);
  },
});

function print(output: Output, values: readonly object[], format: string | undefined): void {
  if (format === undefined || format === '' || format === 'json')
    return output.print(goText(JSON.stringify(plainJson(values), null, 4)));
  printInspected(
    output,
    values.map((value) => ({ SecretData: '', ...value })),
    { format, name: 'inspect' },
  );
}

/** As Go writes JSON. */
function goText(json: string): string {
  return json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}

function printPretty(output: Output, secret: Secret): void {
  const labels = Object.entries(secret.labels).map(([key, value]) => ` - ${key}${value && '='}${value}`);
  output.print(`ID:              ${secret.id}`);
  output.print(`Name:              ${secret.name}`);
  if (labels.length > 0) output.print(['Labels:', ...labels].join('\n'));
  output.print(`Driver:            ${secret.driver}`);
  output.print(`Created at:        ${goTime(parseTime(secret.created))}`);
  output.print(`Updated at:        ${goTime(parseTime(secret.updated))}`);
}
