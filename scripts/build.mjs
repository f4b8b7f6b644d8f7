// Builds dist/tspod.cjs out of src/, and dist/tspod-helper out of native/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { HELPERS, lazyModules } from './lazy-modules.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));

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
const { code: helpers } = await transform(HELPERS, { minifyWhitespace: true });
await build({
  ...options,
  entryPoints: [join(top, 'src/cli/main.ts')],
  outfile: join(top, 'dist/tspod.cjs'),
  bundle: true,
  format: 'cjs',
  // execa is large and seldom needed: it stays where npm put it
  external: ['koffi', 'execa'],
  plugins: [lazyModules(top, options)],
  banner: { js: `const __tspodUrl = 'file://' + __filename;${helpers}` },
  logLevel: 'warning',
});

if (!process.argv.includes('--no-native') && existsSync(join(top, 'native/Makefile'))) {
  const { status, error } = spawnSync('make', ['-s', '-C', join(top, 'native')], { stdio: 'inherit' });
  if (error !== undefined)
    throw new Error(`running make: ${error.message} (apt-get install make gcc libseccomp-dev)`);
  if (status !== 0) process.exit(status ?? 1);
}

await import('./embedded-image.mjs');
