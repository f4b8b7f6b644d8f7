import { TspodError } from '../../lib/errors';

/** The records of one extended header, in their order; keys and values hold one byte per character. */
export type PaxRecords = [key: string, value: string][];

/** Reads the records `LENGTH KEY=VALUE\n` of a PAX extended header (POSIX pax, "pax Header Block"). */
export function parsePaxRecords(data: Buffer): PaxRecords {
  const records: PaxRecords = [];
  let at = 0;
  while (at < data.length && data[at] !== 0) {
    const space = data.indexOf(0x20, at);
    const text = space < 0 ? '' : data.toString('latin1', at, space);
    const length = Number(text);
    if (!/^\d{1,10}$/.test(text) || length <= space - at + 1 || at + length > data.length) throw malformed();
    const record = data.toString('latin1', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals < 1 || data[at + length - 1] !== 0x0a) throw malformed();
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    at += length;
  }
  return records;
}

function malformed(): TspodError {
  return new TspodError('invalid', 'malformed extended header in the tar archive');
}
