import type { PullEvent } from '../../image/pull/pull-request';
import type { Output } from '../define-command';
import { isTerminal } from '../output';
import { drawnLines } from './drawn-lines';

/** Tells how a pull goes, on standard error. */
export type PullReport = (event: PullEvent) => void;

/** Says nothing. */
export const silentReport: PullReport = () => undefined;

/** Plain lines as Podman's; on a terminal a line for each layer that is drawn anew as it comes. */
export function pullReport(output: Output): PullReport {
  return isTerminal(2) ? drawnReport() : plainReport(output);
}

function plainReport(output: Output): PullReport {
  const told = new Set<string>();
  return (event) => {
    if (event.kind !== 'blob') return output.note(lineOf(event));
    if (event.state === 'waiting' || told.has(event.digest)) return;
    told.add(event.digest);
    output.note(`Copying blob ${event.digest}${event.state === 'skipped' ? ' skipped: already exists' : ''}`);
  };
}

function lineOf(event: Exclude<PullEvent, { kind: 'blob' }>): string {
  if (event.kind === 'resolved') return event.description;
  if (event.kind === 'trying') return `Trying to pull ${event.name}...`;
  if (event.kind === 'started') return 'Getting image source signatures';
  if (event.kind === 'config') return `Copying config ${event.digest}`;
  return 'Writing manifest to image destination';
}

function drawnReport(): PullReport {
  const { line, blob } = drawnLines();
  return (event) => (event.kind === 'blob' ? blob(event) : line(lineOf(event)));
}
