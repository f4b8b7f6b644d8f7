import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { commandRows } from '../../src/cli/command-table';
import { project } from '../helpers/project';
import { testFolder } from '../helpers/test-home';

const ready = commandRows().filter((row) => row.load !== undefined && row.hidden !== true);

function page(path: string): string {
  return readFileSync(join(project, 'man', `tspod-${path.replaceAll(' ', '-')}.1`), 'utf8');
}

test('each command has a manual page with its options and examples, and so has each of its other names', async () => {
  for (const { path, aliases = [], load } of ready) {
    const { options, examples = [], summary } = (await load?.())?.default ?? { options: {}, summary: '' };
    const text = page(path).replaceAll('\\', '');
    assert.ok(text.includes(`- ${summary}`), path);
    for (const [name, option] of Object.entries(options)) {
      if (option.hidden !== true) assert.ok(text.includes(`--${name}`), `${path} --${name}`);
    }
    assert.equal(text.includes('.SH EXAMPLES'), examples.length > 0, path);
    for (const alias of aliases) assert.match(page(alias), /^\.so man1\/tspod-/, alias);
  }
});

const noMan = existsSync('/usr/bin/man') ? {} : { skip: 'man: no such program' };

test('man(1) reads the pages as npm installs them, and warns of nothing', noMan, () => {
  const folder = join(testFolder('man'), 'man');
  mkdirSync(folder);
  symlinkSync(join(project, 'man'), join(folder, 'man1'));
  for (const name of ['tspod', 'tspod-run', 'tspod-container-run', 'tspod-build', 'tspod-network-create']) {
    const env = { ...process.env, MANWIDTH: '80', MANROFFOPT: '', LC_ALL: 'C.UTF-8' };
    const { stdout, stderr, status } = spawnSync('man', ['-M', folder, '--warnings', name], {
      encoding: 'utf8',
      env,
    });
    assert.deepEqual([status, stderr], [0, ''], name);
    assert.match(stdout, /^NAME\n[\s\S]*^SYNOPSIS\n/m, name);
  }
});
