import assert from 'node:assert/strict';
import test from 'node:test';
import { defineOptions } from '../../../src/cli/define-command';
import { splitCommas } from '../../../src/lib/split-commas';
import { parseFlags } from '../../../src/cli/parse-flags';

const options = defineOptions({
  interactive: { type: 'boolean', short: 'i', description: '' },
  tty: { type: 'boolean', short: 't', description: '' },
  rm: { type: 'boolean', description: '' },
  proxy: { type: 'boolean', default: true, description: '' },
  env: { type: 'list', short: 'e', description: '' },
  publish: { type: 'list', short: 'p', description: '' },
  'cap-add': { type: 'list', commas: true, description: '' },
  name: { type: 'string', description: '' },
  network: { type: 'string', aliases: ['net'], description: '' },
  last: { type: 'number', short: 'n', description: '' },
  sort: { type: 'string', choices: ['id', 'size'], description: '' },
  env_host: { type: 'string', optional: 'all', short: 'E', description: '' },
  pod: { type: 'string', description: '', refuse: 'pods are not there yet' },
});
const global = defineOptions({ 'log-level': { type: 'string', short: 'l', description: '' } });
const lists = { env: [], publish: [], 'cap-add': [] };

function parse(argv: string[], interspersed = true): ReturnType<typeof parseFlags> {
  return parseFlags({ options, global, interspersed, command: 'tspod run' }, argv);
}

const READ: readonly (readonly [string, string[], Record<string, unknown>, string[]])[] = [
  ['nothing', [], {}, []],
  ['joined short booleans', ['-it', 'x'], { interactive: true, tty: true }, ['x']],
  ['a value in the same word', ['-eA=b'], { env: ['A=b'] }, []],
  ['a value in the next word', ['-e', 'A=b', '-e', 'C'], { env: ['A=b', 'C'] }, []],
  [
    'a short option after booleans',
    ['-itp', '80:80'],
    { interactive: true, tty: true, publish: ['80:80'] },
    [],
  ],
  ['a port in the same word', ['-p8080:80'], { publish: ['8080:80'] }, []],
  ['a short value after =', ['-n=5'], { last: 5 }, []],
  ['a long value after =', ['--name=a=b'], { name: 'a=b' }, []],
  ['an empty value', ['--name='], { name: '' }, []],
  ['a long value in the next word', ['--name', '--rm'], { name: '--rm' }, []],
  ['a boolean set to false', ['--rm=false', '--proxy=F'], { rm: false, proxy: false }, []],
  ['a short boolean with a value', ['-t=false'], { tty: false }, []],
  ['the end of the options', ['--rm', '--', '-x', '--y'], { rm: true }, ['-x', '--y']],
  ['a lone dash', ['-'], {}, ['-']],
  ['options after arguments', ['a', '--rm', 'b'], { rm: true }, ['a', 'b']],
  ['an alias', ['--net', 'none'], { network: 'none' }, []],
  ['commas', ['--cap-add', 'a,b', '--cap-add', 'c'], { 'cap-add': ['a', 'b', 'c'] }, []],
  ['an optional value that is absent', ['--env_host', 'x'], { env_host: 'all' }, ['x']],
  ['an optional value', ['--env_host=some', '-E', 'y'], { env_host: 'all' }, ['y']],
  ['a negative number', ['--last', '-1'], { last: -1 }, []],
  ['the last of several', ['--name', 'a', '--name', 'b'], { name: 'b' }, []],
];

for (const [what, argv, flags, args] of READ) {
  test(`parseFlags() reads ${what}`, () => {
    const parsed = parse([...argv]);
    assert.deepEqual({ ...parsed.flags }, { ...lists, proxy: true, ...flags });
    assert.deepEqual(parsed.args, args);
  });
}

test('parseFlags() leaves all after the first argument to the program', () => {
  const parsed = parse(['--rm', 'image', '--name', 'x', '--', '-v'], false);
  assert.deepEqual(parsed.args, ['image', '--name', 'x', '--', '-v']);
  assert.equal(parsed.flags['name'], undefined);
});

test('parseFlags() drops `--` in front of the first argument', () => {
  assert.deepEqual(parse(['--', 'image', '--x'], false).args, ['image', '--x']);
});

test('parseFlags() takes global options in their long form only', () => {
  assert.deepEqual(parse(['--log-level', 'debug']).global, { 'log-level': 'debug' });
  assert.throws(() => parse(['-l', 'debug']), { message: "unknown shorthand flag: 'l' in -l" });
});

for (const argv of [['--help'], ['-h'], ['-ith']]) {
  test(`parseFlags() sees the wish for help in ${argv.join(' ')}`, () =>
    assert.equal(parse(argv).help, true));
}

const REFUSED: readonly (readonly [string[], string])[] = [
  [['--foo'], 'unknown flag: --foo'],
  [['--foo=x'], 'unknown flag: --foo'],
  [['-Z'], "unknown shorthand flag: 'Z' in -Z"],
  [['-itZ'], "unknown shorthand flag: 'Z' in -itZ"],
  [['--name'], 'flag needs an argument: --name'],
  [['-n'], "flag needs an argument: 'n' in -n"],
  [['--='], 'bad flag syntax: --='],
  [['--rm=foo'], 'invalid argument "foo" for "--rm" flag: expected true or false'],
  [['-n', 'x'], 'invalid argument "x" for "-n, --last" flag: expected a whole number'],
  [['--sort', 'x'], 'invalid argument "x" for "--sort" flag: expected one of "id", "size"'],
];

for (const [argv, message] of REFUSED) {
  test(`parseFlags() refuses ${argv.join(' ')}`, () => {
    assert.throws(() => parse([...argv]), {
      code: 'usage',
      exitCode: 125,
      message,
      hint: /See 'tspod run --help'$/,
    });
  });
}

test('parseFlags() suggests the nearest option', () => {
  assert.throws(() => parse(['--nmae']), { hint: "Did you mean --name?\nSee 'tspod run --help'" });
});

test('parseFlags() refuses by name what is known and not supported', () => {
  assert.throws(() => parse(['--pod', 'x']), {
    code: 'unsupported',
    message: 'the option --pod is not supported: pods are not there yet',
  });
});

test('an option or a value named like a member of all objects is unknown', () => {
  assert.throws(() => parse(['--rm=constructor']), /expected true or false/);
  assert.throws(() => parse(['--constructor']), { message: 'unknown flag: --constructor' });
});

test('splitCommas() reads quoted fields', () => {
  assert.deepEqual(splitCommas('a,"b,c","d""e",'), ['a', 'b,c', 'd"e', '']);
  assert.deepEqual(splitCommas(''), []);
});
