import type { BlobEvent } from '../../image/copy-report';
import type { PullEvent } from '../../image/pull/pull-request';
import { humanSize } from '../../lib/size';
import type { StepLabel } from '../events';
import type { Build } from './build';

/** Told what a step waits for, and how far that is. */
export type TellProgress = (text: string, amount?: string) => void;

/** Tells of a step. */
export function progressOf({ request }: Pick<Build, 'request'>, step: StepLabel): TellProgress {
  return (text, amount) =>
    request.report({ kind: 'progress', step, text, ...(amount === undefined ? {} : { amount }) });
}

/** Tells how far a pull is, all of its layers together. */
export function pullProgress(tell: TellProgress): (event: PullEvent) => void {
  const blobs = new Map<string, BlobEvent>();
  let text = '';
  return (event) => {
    if (event.kind === 'trying') text = `pulling ${event.name}`;
    if (event.kind === 'started') tell(text);
    if (event.kind === 'writing') tell(text, 'unpacking');
    if (event.kind !== 'blob' || event.state === 'skipped') return;
    blobs.set(event.digest, event);
    const all = [...blobs.values()];
    const [got, size] = [sum(all.map((blob) => blob.got)), sum(all.map((blob) => blob.size))];
    tell(text, amountOf(got, size));
  };
}

/** `3 MB of 45 MB`. */
export function amountOf(got: number, size: number): string {
  return `${humanSize(got)} of ${humanSize(size)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
