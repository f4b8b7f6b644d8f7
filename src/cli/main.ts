import { createOutput } from './output';
import { runCommandLine } from './run-command-line';

/** The entry of the bundle: the exit status is set, and the process ends by itself when nothing is left to do. */
void runCommandLine(process.argv.slice(2), process.env, createOutput()).then((status) => {
  process.exitCode = status;
});
