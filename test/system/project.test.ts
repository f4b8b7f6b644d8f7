import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { packageVersion, project, tspodProgram } from '../helpers/project';
import { homeEnvironment, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

test('tspod works through a symbolic link, from any directory', async () => {
  const folder = testFolder();
  const link = join(folder, 'engine');
  symlinkSync(tspodProgram, link);
  const { stdout } = await runTspod(['run', '--rm', 'busybox', 'echo', 'linked'], {
    program: link,
    cwd: '/',
  });
  assert.equal(stdout, 'linked\n');
});

test('the version is that of package.json, and stands nowhere else', async () => {
  const version = packageVersion();
  assert.equal((await runTspod(['--version'])).stdout.trim(), `tspod version ${version}`);
  const pattern = new RegExp(`['"\`]${version.replaceAll('.', '\\.')}['"\`]`);
  const files = readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' });
  const holding = files.filter(
    (name) => name.endsWith('.ts') && pattern.test(readFileSync(join(project, 'src', name), 'utf8')),
  );
  assert.deepEqual(holding, []);
});

test('the package installs without a compiler, and runs', async () => {
  const folder = testFolder('package');
  npm(['pack', '--ignore-scripts', '--pack-destination', folder, project], folder);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'none';
  npm(
    [
      'install',
      '--global',
      '--prefix',
      join(folder, 'prefix'),
      '--no-audit',
      '--no-fund',
      join(folder, archive),
    ],
    folder,
  );
  const program = join(folder, 'prefix/bin/tspod');
  const { stdout } = await runTspod(['run', '--rm', 'busybox', 'echo', 'installed'], { program, cwd: '/' });
  assert.equal(stdout, 'installed\n');
});

// With --prefix npm reads another global configuration: the machine's own certificates are named here.
function npm(args: string[], cwd: string): void {
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  const env = {
    ...homeEnvironment(),
    ...(existsSync(certificates) ? { npm_config_cafile: certificates } : {}),
    npm_config_fetch_retries: '1',
  };
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, `npm ${args.join(' ')}\n${stdout}\n${stderr}`);
}
