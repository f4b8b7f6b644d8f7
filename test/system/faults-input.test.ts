import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { storeRoot, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';
import { waitFor } from '../helpers/wait-for';

interface Mistake {
  name: string;
  args: string[];
  code: number;
  says: RegExp;
  /** The cure, where there is one. */
  hint?: RegExp;
}

const quick = ['run', '--rm', '--network', 'none'];
const mistakes: Mistake[] = [
  {
    name: 'an unknown image',
    args: [...quick, 'no-such-image', 'true'],
    code: 125,
    says: /no-such-image/,
    hint: /full name/,
  },
  {
    name: 'an unknown container',
    args: ['start', 'no-such-container'],
    code: 125,
    says: /"no-such-container".*no such container/,
  },
  { name: 'an unknown container to remove', args: ['rm', 'no-such'], code: 1, says: /"no-such"/ },
  { name: 'an unknown image to remove', args: ['rmi', 'no-such'], code: 1, says: /no-such/ },
  {
    name: 'an unknown option',
    args: ['run', '--no-such-option', 'busybox'],
    code: 125,
    says: /no-such-option/,
  },
  { name: 'an unknown command', args: ['no-such-command'], code: 125, says: /no-such-command/ },
  {
    name: 'an unknown network',
    args: ['run', '--rm', '--network', 'no-such-network', 'busybox', 'true'],
    code: 125,
    says: /no-such-network/,
  },
  {
    name: 'a container to join that is not there',
    args: ['run', '--rm', '--network', 'container:no-such', 'busybox', 'true'],
    code: 125,
    says: /no-such/,
  },
  {
    name: 'a program that is not in the image',
    args: [...quick, 'busybox', 'no-such-program'],
    code: 127,
    says: /no-such-program/,
  },
  {
    name: 'a file that cannot be executed',
    args: [...quick, 'busybox', '/etc/passwd'],
    code: 126,
    says: /\/etc\/passwd/,
  },
  { name: 'a directory as program', args: [...quick, 'busybox', '/etc'], code: 126, says: /\/etc/ },
  {
    name: 'a bind source that is missing',
    args: [...quick, '-v', '/no/such/source:/data', 'busybox', 'true'],
    code: 125,
    says: /\/no\/such\/source/,
  },
  {
    name: 'a mount source that is missing',
    args: [...quick, '--mount', 'type=bind,src=/no/such/source,dst=/data', 'busybox', 'true'],
    code: 125,
    says: /\/no\/such\/source/,
  },
  {
    name: 'an archive that is missing',
    args: ['load', '-i', '/no/such/archive.tar'],
    code: 125,
    says: /\/no\/such\/archive\.tar/,
  },
];
for (const { name, args, code, says, hint } of mistakes) {
  test(`${name} is one error with exit status ${code}, and nothing stays`, async () => {
    const { stdout, stderr } = await runTspod(args, { expectCode: code });
    assert.equal(stdout, '');
    assert.match(stderr, says);
    assert.equal(stderr.match(/^Error: /gm)?.length, 1, stderr);
    assert.doesNotMatch(stderr, /^\s+at |internal error/m);
    if (hint) assert.match(stderr, new RegExp(`^hint: .*${hint.source}`, 'm'));
    const store = storeRoot();
    for (const folder of ['containers', 'names'])
      assert.deepEqual(list(join(store, folder)), [], `${folder} is not empty`);
    // the monitor tells of the end first, and removes the files then
    await waitFor('the end of its files', () => list(join(store, 'tmp')).length === 0);
  });
}

test('a detached container whose program is not there says so, and is kept as created', async () => {
  const args = ['run', '-d', '--name', 'wrong', '--network', 'none', 'busybox', 'no-such-program'];
  const { stdout, stderr } = await runTspod(args, { expectCode: 127 });
  assert.equal(stdout, '');
  assert.match(stderr, /no-such-program/);
  const again = await runTspod(['start', 'wrong'], { expectCode: null });
  assert.ok([125, 127].includes(again.code));
  assert.match(again.stderr, /no-such-program/);
  await runTspod(['rm', 'wrong']);
});

const badRoots = [
  { name: 'below a file', root: () => join(writeTextFile(), 'store') },
  { name: 'in a folder of somebody else', root: () => '/usr/no-such-store' },
];
for (const { name, root } of badRoots) {
  test(`a store ${name} is one error with the path`, async () => {
    const path = root();
    const args = ['--root', path, 'run', '--network', 'none', 'busybox', 'true'];
    const { stderr } = await runTspod(args, { expectCode: 125 });
    assert.equal(stderr.match(/^Error: /gm)?.length, 1, stderr);
    assert.ok(stderr.includes(path), stderr);
    assert.doesNotMatch(stderr, /internal error/);
  });
}

function writeTextFile(): string {
  const path = join(testFolder('root'), 'file');
  writeFileSync(path, 'text');
  return path;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
