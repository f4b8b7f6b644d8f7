// Builds dist/tspod.cjs out of src/, and dist/tspod-helper out of native/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { link } from './link.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));

/** What scripts run in loops: these commands, and what they load besides, are read first. */
const FAST = [
  ...['create', 'exec', 'inspect-any', 'list', 'logs', 'rm', 'run', 'start', 'stats', 'stop'].map(
    (verb) => `src/cli/commands/container/${verb}.ts`,
  ),
  'src/cli/commands/image/list.ts',
  'src/cli/options/container/container-defaults.ts',
  'src/cli/options/engine-defaults.ts',
  'src/config/containers-conf.ts',
  'src/container/list/ps-fields.ts',
];

/** What few commands need, or such as take long anyway. */
const SELDOM = [
  ...['build', 'systemd', 'cli/build', 'cli/complete', 'cli/options/build', 'cli/print/build'].map(
    (path) => `src/${path}/`,
  ),
  ...['build.ts', 'generate/', 'quadlet/', 'system/'].map((path) => `src/cli/commands/${path}`),
  ...['chalk', 'fzstd', 'https-proxy-agent', 'socks-proxy-agent', 'xz-decompress', 'yaml', 'yargs/yargs'],
];

mkdirSync(join(top, 'dist'), { recursive: true });
const options = {
  platform: 'node',
  target: 'node20',
  define: { __TSPOD_VERSION__: JSON.stringify(version), 'import.meta.url': '__tspodUrl' },
  // import() becomes require(): each module stays lazy, and Node's ESM loader, which costs milliseconds, is never started.
  supported: { 'dynamic-import': false },
  // Names stay for the stacks; blanks would be read at every start.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
};
const parts = await link({
  top,
  entry: 'src/cli/main.ts',
  fast: FAST,
  isSeldom: (path) => SELDOM.some((beginning) => path.startsWith(beginning)),
  // execa is large and seldom needed, koffi has a native addon: they stay where npm put them
  external: ['koffi', 'execa'],
  options,
});
// A line of fixed width tells bin/tspod how long each part is, and with which module it begins: they are read one by one. All is ASCII.
const bundle = join(top, 'dist/tspod.cjs');
const padded = (number, width) => String(number).padStart(width, '0');
const heads = parts.map(({ text, first }) => `${padded(text.length, 12)}:${padded(first, 6)}`);
writeFileSync(`${bundle}.new`, `//${heads.join(' ')}\n${parts.map(({ text }) => text).join('\n')}\n`);
// commands that start meanwhile see the old or the new one
renameSync(`${bundle}.new`, bundle);

if (!process.argv.includes('--no-native') && existsSync(join(top, 'native/Makefile'))) {
  const { status, error } = spawnSync('make', ['-s', '-C', join(top, 'native')], { stdio: 'inherit' });
  if (error !== undefined)
    throw new Error(`running make: ${error.message} (apt-get install make gcc libseccomp-dev)`);
  if (status !== 0) process.exit(status ?? 1);
}

await import('./embedded-image.mjs');
