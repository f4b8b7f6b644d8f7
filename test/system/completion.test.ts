import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { needs } from '../helpers/capabilities';
import { tspodProgram } from '../helpers/project';
import { homeEnvironment, testFolder } from '../helpers/test-home';
import { runTspod } from '../helpers/tspod';

const folder = testFolder('completion');

before(async () => {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  symlinkSync(tspodProgram, join(folder, 'bin/tspod'));
  mkdirSync(join(folder, 'archives'));
  writeFileSync(join(folder, 'archives/web.tar'), '');
  await runTspod(['create', '--name', 'web', 'busybox']);
});

/** Runs a shell with tspod on its PATH and a fresh home; returns the lines of its output. */
function shell(program: string, args: readonly string[]): string[] {
  const home = homeEnvironment();
  const env = { ...home, PATH: `${folder}/bin:${home['PATH']}`, TERM: 'dumb' };
  const { stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(stderr, '');
  return stdout.trimEnd().split('\n');
}

test('the completion script of bash completes names, also behind colons and equal signs', () => {
  const script = `source <(tspod completion bash); compopt() { :; }
    for COMP_LINE in 'tspod start w' 'tspod run localhost/busybox:l' 'tspod run --network=container:w' 'tspod ps --noh'; do
      COMP_POINT=\${#COMP_LINE}; _tspod; echo "\${COMPREPLY[@]}"
    done`;
  assert.deepEqual(shell('bash', ['-c', script]), ['web', 'latest', 'web', '--noheading']);
});

test(
  'the completion script of fish completes names, options with descriptions, and paths',
  needs('fish'),
  () => {
    const lines = [
      'tspod start w',
      'tspod run --network=container:w',
      'tspod ps --noh',
      'tspod load --input=archives/w',
    ];
    const asked = lines.map((line) => `complete -C '${line}'`).join('; ');
    assert.deepEqual(shell('fish', ['-c', `source (tspod completion fish | psub); ${asked}`]), [
      'web',
      '--network=container:web',
      '--noheading\tPrint no headings',
      '--input=archives/web.tar',
    ]);
  },
);

/** Types each line and a tab into a zsh with a terminal, and prints what the line has become. */
const TYPIST = `zmodload zsh/zpty
for line in "$@"; do
  zpty z 'zsh -f -i'
  zpty -w z "stty -echo; PS1=; $SETUP; tell() { print -r -- \\"line:\\$BUFFER.\\"; zle kill-whole-line; }; zle -N tell"
  zpty -w z 'bindkey "^I" complete-word "^T" tell; print ready:now'
  while zpty -r z out; do [[ $out = *ready:now* ]] && break; done
  zpty -w -n z "$line"$'\\t\\C-t'
  while zpty -r z out; do [[ $out = *line:* ]] && break; done
  zpty -d z
  print -r -- "\${\${out##*line:}%%$'\\r'*}"
done
`;

function typed(setup: string, lines: readonly string[]): string[] {
  writeFileSync(join(folder, 'typist.zsh'), `SETUP=${JSON.stringify(setup)}\n${TYPIST}`);
  return shell('zsh', ['-f', join(folder, 'typist.zsh'), ...lines]);
}

test('the completion script of zsh completes names, options and paths', needs('zsh'), () => {
  const setup = 'autoload -Uz compinit; compinit -u -D; source <(tspod completion zsh)';
  const lines = ['tspod start w', 'tspod cp w', 'tspod ps --filter an', 'tspod load --input=archives/w'];
  assert.deepEqual(typed(setup, lines), [
    'tspod start web .',
    'tspod cp web:.',
    'tspod ps --filter ancestor=.',
    'tspod load --input=archives/web.tar .',
  ]);
});

test('the completion script of zsh works from a directory of fpath too', needs('zsh'), async () => {
  mkdirSync(join(folder, 'functions'));
  await runTspod(['completion', '-f', join(folder, 'functions/_tspod'), 'zsh']);
  const setup = `fpath=(${folder}/functions $fpath); autoload -Uz compinit; compinit -u -D`.replaceAll(
    '$',
    '\\$',
  );
  assert.deepEqual(typed(setup, ['tspod ps --noh']), ['tspod ps --noheading .']);
});

/** Commands with filters, and what they need besides. */
const FILTERED = ['ps', 'container prune', 'images', 'volume ls', 'network ls', 'network prune', 'events'];

for (const command of FILTERED) {
  test(`completion of ${command} --filter knows the filters that the command names itself`, async () => {
    const words = command.split(' ');
    const { stdout } = await runTspod(['__complete', '--no-desc', '--', ...words, '--filter', '']);
    const offered = stdout
      .trimEnd()
      .split('\n')
      .map((word) => word.replace(/=$/, ''));
    const wrong = await runTspod([...words, '--filter', 'nosuch=1'], { expectCode: 125 });
    const named = /hint: (?:use|(?:the )?filters are) (.*)/.exec(wrong.stderr)?.[1] ?? wrong.stderr;
    const known = named.replace(/, (as|in) .*/, '').split(/, | or /);
    assert.deepEqual(
      offered.filter((word) => !known.includes(word)),
      [],
      'offered, and not known',
    );
    // other words for one of the others, and what is never there
    const rest = known.filter((word) => !['after', 'opt', 'pod'].includes(word));
    assert.deepEqual(
      rest.filter((word) => !offered.includes(word)),
      [],
      'known, and not offered',
    );
  });
}

test('the values of filters that completion offers are taken by the command', async () => {
  for (const [command, key] of [
    ['ps', 'status'],
    ['ps', 'health'],
    ['images', 'dangling'],
    ['events', 'event'],
  ]) {
    const words = ['__complete', '--no-desc', '--', command ?? '', '--filter', `${key}=`];
    const values = (await runTspod(words)).stdout.trimEnd().split('\n');
    assert.ok(values.length > 1, key);
    const filters = values.flatMap((value) => ['--filter', value]);
    const stream = command === 'events' ? ['--stream=false'] : [];
    await runTspod([command ?? '', ...stream, ...filters]);
  }
});
