import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Context } from '../../lib/context';
import { TspodError } from '../../lib/errors';
import { startInUserns } from '../../runtime/enter';
import { helperError } from '../../runtime/helper-error';
import { missingHelper } from '../../runtime/helper';
import { createMessageReader, encodeMessage } from './receiver-protocol';
import type { FetcherMessage, ReceiverMessage } from './receiver-protocol';

/** The process that unpacks, as the one that fetches sees it. */
export interface Receiver {
  send(message: FetcherMessage): void;
  /** The image's id when it is in the store. Fails with what the other process said. */
  result: Promise<string>;
  /** After it has failed: the layer whose bytes made no sense; undefined where that was not the reason. */
  suspect(): number | undefined;
  /** Lets it end without a result, and resolves when it has: what it had unpacked is gone then. */
  abort(): Promise<void>;
}

/** Starts the process that unpacks the layers of an image, with all ids of the user. */
export function startReceiver(ctx: Context): Receiver {
  const child = startInUserns(ctx, [
    ...['image', 'receive'],
    ...['--root', ctx.paths.root, '--runroot', ctx.paths.runRoot],
  ]);
  let suspect: number | undefined;
  const result = resultOf(ctx, child, (layer) => (suspect = layer));
  // whoever waits for it gets the error; until then it is not an unhandled one
  result.catch(() => undefined);
  // an answer that comes before all has been sent closes the pipe: `result` tells why
  child.stdin.on('error', () => undefined);
  return {
    send: (message) => void child.stdin.write(encodeMessage(message)),
    result,
    suspect: () => suspect,
    async abort() {
      child.stdin.end();
      await result.catch(() => undefined);
    },
  };
}

function resultOf(
  ctx: Context,
  child: ChildProcessWithoutNullStreams,
  suspect: (layer: number) => void,
): Promise<string> {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const read = createMessageReader<ReceiverMessage>((message) => {
      if (message[0] === 'failed' && message[1] !== null) suspect(message[1]);
      // it has done all that it was started for: its end is waited for with that of this process
      else if (message[0] === 'result') resolve(message[1]);
      child.stdin.end();
    });
    child.stdout.setEncoding('utf8').on('data', read);
    child.once('error', (error) => reject(missingHelper(ctx, error)));
    child.once('close', (status, signal) => {
      if (signal !== null) reject(new TspodError('state', `the process that unpacks was ended by ${signal}`));
      else reject(failure(status ?? 125, stderr));
    });
  });
}

/** What it said, without an action in front: its own message has one. */
function failure(status: number, stderr: string): TspodError {
  const { message, code, hint } = helperError('unpacking', { status, stderr });
  const own = message.replace(/^unpacking: (?=unpacking )/, '');
  return new TspodError(code, own, { exitCode: 125, ...(hint === undefined ? {} : { hint }) });
}
