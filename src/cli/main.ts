import { createOutput } from './output';
import { leave } from './leave';
import { runCommandLine } from './run-command-line';

/** The entry of the bundle: the exit status is set, and the process ends by itself when nothing is left to do. */
const output = createOutput();
let isDone = false;
// Node ends without a word when all that is left are promises that wait for each other: that is no success
process.exitCode = 125;
process.once('exit', () => {
  if (!isDone)
    output.note('Error: tspod has waited for something that cannot come: this is an error in tspod');
});
void runCommandLine(process.argv.slice(2), process.env, output).then((status) => {
  isDone = true;
  process.exitCode = status;
  // the last one to be called
  process.once('exit', leave);
});
