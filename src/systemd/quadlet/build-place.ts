import { dirname, isAbsolute } from 'node:path';
import { problemAt, problemOf } from '../problem';
import { addKey, lastLineOf } from '../unit-file';
import { readText } from './read-key';
import { besideUnit } from './references';
import type { Conversion } from './types';

/** What is built; without a context `build` takes the folder of the Containerfile. */
export interface BuildPlace {
  file?: string;
  /** A folder or an address. */
  context?: string;
}

/**
 * What File= and SetWorkingDirectory= of a `.build` file mean: `unit` and `file` stand for the folder of the one or the other, in
 * which the unit then works, unless its WorkingDirectory= says something else; other values are the context themselves.
 */
export function buildPlace(conversion: Conversion): BuildPlace {
  const file = readText(conversion, 'File');
  const wish = readText(conversion, 'SetWorkingDirectory');
  switch (wish?.toLowerCase()) {
    case undefined:
      return placeOfFile(conversion, file);
    case 'unit':
      return inFolder(conversion, { folder: dirname(conversion.quadlet.path), file });
    case 'file':
      return besideFile(conversion, file);
    default:
      return inContext(conversion, { context: wish as string, file });
  }
}

function placeOfFile(conversion: Conversion, file: string | undefined): BuildPlace {
  const folder = workingDirectory(conversion);
  if (folder !== undefined) return placeIn(folder, file);
  if (file === undefined) {
    const message = 'there is neither File= nor SetWorkingDirectory= in [Build]';
    conversion.problems.push(problemOf(conversion.quadlet.path, message));
    return {};
  }
  if (!isComplete(file))
    report(conversion, 'File', `"${file}" is relative: that needs SetWorkingDirectory=unit or file`);
  return { file };
}

function besideFile(conversion: Conversion, file: string | undefined): BuildPlace {
  if (file === undefined || isAddress(file)) {
    report(conversion, 'SetWorkingDirectory', '"file" needs File= with a path');
    return {};
  }
  const given = workingDirectory(conversion);
  if (given !== undefined) return placeIn(given, file);
  const path = besideUnit(conversion, file);
  addKey(conversion.service, 'Service', 'WorkingDirectory', dirname(path));
  return { file: path };
}

function inFolder(
  conversion: Conversion,
  { folder, file }: { folder: string; file: string | undefined },
): BuildPlace {
  const given = workingDirectory(conversion);
  if (given === undefined) addKey(conversion.service, 'Service', 'WorkingDirectory', folder);
  return placeIn(given ?? folder, file);
}

function inContext(
  conversion: Conversion,
  { context, file }: { context: string; file: string | undefined },
): BuildPlace {
  const isBeside = !isComplete(context);
  const given = workingDirectory(conversion);
  if (isBeside && given === undefined)
    addKey(conversion.service, 'Service', 'WorkingDirectory', dirname(conversion.quadlet.path));
  // where the unit works elsewhere, the context still lies beside the file
  const path = isBeside && given !== undefined ? besideUnit(conversion, context) : context;
  return { context: path, ...(file !== undefined && { file }) };
}

/** systemd takes "~" and a dash before the path, which a command would not. */
function placeIn(folder: string, file: string | undefined): BuildPlace {
  return { context: /^[-~]/.test(folder) ? '.' : folder, ...(file !== undefined && { file }) };
}

function workingDirectory({ service }: Conversion): string | undefined {
  return lastLineOf(service, 'Service', 'WorkingDirectory')?.value || undefined;
}

/** An address, or a path that says all. */
function isComplete(text: string): boolean {
  return isAddress(text) || isAbsolute(text) || /^%[^%]/.test(text);
}

function isAddress(text: string): boolean {
  return /^((https?|git|ssh):\/\/|github\.com\/|git@)/.test(text);
}

function report({ quadlet, section, problems }: Conversion, key: string, message: string): void {
  const line = lastLineOf(quadlet.unit, section, key);
  if (line) problems.push(problemAt(line, message));
}
