// run-tests.mjs [all|unit|native|system|root] [FILE...]: runs the tests as the user who calls it, looks for what they
// left behind, and prints 'N passed, N failed, N skipped' as the last line; it counts on from $TSPOD_COUNTED, such a line.
// The part "root" is not one of "all": scripts/test.sh runs it before, through scripts/as-root.sh.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leftovers } from './leftovers.mjs';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const [part = 'all', ...only] = process.argv.slice(2);
const [passed = 0, failed = 0, skipped = 0] =
  (process.env.TSPOD_COUNTED ?? '').match(/\d+/g)?.map(Number) ?? [];
/** Of one test file, in ms; the full fault test takes long. */
const timeout = 'TSPOD_FAULT_ROUNDS' in process.env ? 3_600_000 : 300_000;
const total = { passed, failed, skipped };

const parts = {
  unit: () => nodeTests('unit', [join(project, 'test/architecture.test.ts'), ...testFiles('test/unit')]),
  native: nativeTests,
  system: () => nodeTests('system', testFiles('test/system')),
  root: () => nodeTests('root', testFiles('test/root')),
};
const isOfAll = (name) => name !== 'root' && (only.length === 0 || name !== 'native');
if (part !== 'all' && parts[part] === undefined) {
  console.error(`Error: unknown part "${part}": all, unit, native, system or root`);
  process.exit(125);
}

for (const [name, run] of Object.entries(parts)) {
  if (part === 'all' ? isOfAll(name) : part === name) await run();
}
if (part === 'all' || part === 'system' || part === 'root') checkLeftovers();
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function testFiles(folder) {
  if (!existsSync(join(project, folder))) return [];
  return readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(project, folder, name))
    .sort();
}

async function nodeTests(name, files) {
  const chosen = only.length === 0 ? files : files.filter((file) => only.some((word) => file.includes(word)));
  if (chosen.length === 0) return;
  heading(name);
  const counts = join(homedir(), `counts-${name}.json`);
  const status = await run('node', [
    ...[
      '--enable-source-maps',
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${name === 'root' ? 1 : 2}`,
      `--test-timeout=${timeout}`,
    ],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[
      `--test-reporter=${join(project, 'scripts/count-reporter.mjs')}`,
      `--test-reporter-destination=${counts}`,
    ],
    ...chosen,
  ]);
  addCounts(counts, status);
}

function addCounts(file, status) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    counts.failed = 1;
  }
  rmSync(file, { force: true });
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
}

async function nativeTests() {
  const sources = join(project, 'native/test');
  const tests = existsSync(sources) ? readdirSync(sources).filter((name) => name.endsWith('_test.c')) : [];
  if (tests.length === 0) return;
  heading('native');
  for (const test of tests.sort()) {
    const program = `build/test/${test.replace(/\.c$/, '')}`;
    const status =
      (await run('make', ['-s', '-C', join(project, 'native'), program])) ||
      (await run(join(project, 'native', program), []));
    console.log(`${status === 0 ? '✔' : '✖'} native/test/${test}`);
    total[status === 0 ? 'passed' : 'failed'] += 1;
  }
}

function checkLeftovers() {
  heading('left behind');
  const found = leftovers(project);
  for (const line of found) console.log(`✖ ${line}`);
  if (found.length === 0) console.log('✔ no process, mount, file or control group');
  total[found.length === 0 ? 'passed' : 'failed'] += 1;
}

function heading(name) {
  console.log(`\n== ${name}`);
}

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: project, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      console.error(`Error: running ${program}: ${error.message}`);
      resolve(125);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
}
