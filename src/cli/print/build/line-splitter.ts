import { StringDecoder } from 'node:string_decoder';

/** Makes lines of what a program writes. */
export interface LineSplitter {
  /** The lines that are complete now. */
  push(data: Uint8Array): string[];
  /** What is left at the end. */
  rest(): string[];
}

/** Lines without their ends; of those that were drawn over by `\r` the last state. */
export function makeLineSplitter(): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let open = '';
  return {
    push(data) {
      const lines = (open + decoder.write(Buffer.from(data))).split('\n');
      open = lines.pop() ?? '';
      return lines.map(lastState);
    },
    rest() {
      const left = open + decoder.end();
      open = '';
      return left === '' ? [] : [lastState(left)];
    },
  };
}

function lastState(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}
