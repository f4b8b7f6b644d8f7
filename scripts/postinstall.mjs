// After `npm install`: the helper that the package carries is for one architecture. Where it does not run it is built
// from native/, when there is a compiler; otherwise it is said what to do. The installation never fails for it.
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const helper = join(top, 'dist/tspod-helper');
const isCheckout = existsSync(join(top, 'src'));

if (!isCheckout && !runs()) build();

// Anything but "cannot be executed" means that the kernel could load it.
function runs() {
  const { error } = spawnSync(helper, ['--version'], { stdio: 'ignore' });
  return error === undefined;
}

function build() {
  if (existsSync(helper)) renameSync(helper, `${helper}.other`);
  const { status, error } = spawnSync('make', ['-s', '-C', join(top, 'native')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error === undefined && status === 0 && runs()) return;
  console.error(
    `tspod: the native helper of this package does not run on ${process.arch}, and could not be built.`,
  );
  console.error(
    'tspod: install a C compiler, make and the static libseccomp (Debian: gcc make libc6-dev libseccomp-dev),',
  );
  console.error(`tspod: then run: make -C ${join(top, 'native')}`);
}
