import { appendFileSync, writeFileSync } from 'node:fs';
import { TspodError, describeError } from '../../../lib/errors';
import { isTerminal, writeError } from '../../output';
import { drawnReport } from './drawn-report';
import { plainReport } from './plain-report';
import type { BuildPrinter } from './printer';
import { quietReport } from './quiet-report';

/** How the progress of a build is shown. */
export interface ReportOptions {
  kind: 'auto' | 'plain' | 'tty';
  quiet: boolean;
  /** Plain lines go to this file instead. */
  logFile?: string;
  /** One file for each platform. */
  splitLog: boolean;
}

/** What shows the progress: on standard error, or in a file. Errors: `usage`: there is no terminal; `system`: the file. */
export function buildPrinter({ kind, quiet, logFile, splitLog }: ReportOptions): BuildPrinter {
  const note = (line: string) => writeError(Buffer.from(`${line}\n`));
  if (logFile !== undefined) return logPrinter(logFile, splitLog);
  if (quiet) return quietReport(note);
  const isDrawn = isTerminal(2) && process.env['TERM'] !== 'dumb';
  if (kind === 'tty' && !isDrawn)
    throw new TspodError('usage', '--progress=tty: standard error is no terminal', {
      hint: 'use --progress=plain',
    });
  if (kind === 'plain' || !isDrawn) return plainReport(note);
  return drawnReport({
    write: (text) => writeError(Buffer.from(text)),
    width: () => process.stderr.columns || 80,
    now: () => Date.now(),
  });
}

function logPrinter(path: string, splits: boolean): BuildPrinter {
  const begun = new Set<string>();
  return plainReport((line, step) => {
    const platform = splits ? step?.platform : undefined;
    const file = platform === undefined ? path : `${path}_${platform.replaceAll('/', '_')}`;
    try {
      if (begun.has(file)) appendFileSync(file, `${line}\n`);
      else writeFileSync(file, `${line}\n`);
      begun.add(file);
    } catch (cause) {
      throw new TspodError('system', `--logfile: ${describeError(cause)}`, { cause });
    }
  });
}
