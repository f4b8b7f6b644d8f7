import assert from 'node:assert/strict';
import test from 'node:test';
import { expandInstruction } from '../../../src/build/language/expand-instruction';
import { parseContainerfile, parseTriggers } from '../../../src/build/language/parse-containerfile';
import { TspodError } from '../../../src/lib/errors';

/** Text of a file, its error without the file's name, and the hint. */
const wrong: [string, string, string | undefined][] = [
  ['FROM x\nRUNN foo', '2:1: unknown instruction "RUNN"', 'did you mean "RUN"?'],
  ['FROM x\n\nCOPY --form=a b c', '3:6: unknown flag "--form" of COPY', 'did you mean "--from"?'],
  ['FROM x\nUSER --x y', '2:6: unknown flag "--x" of USER', 'USER has no flags'],
  ['FROM x\nCOPY --link=yes a b', '2:13: --link=yes: expected true or false', undefined],
  ['FROM x\nCOPY --chown a b', '2:6: --chown needs a value', 'write --chown=VALUE'],
  ['FROM x\nCOPY --chown=a --chown=b c d', '2:16: --chown stands here for the second time', undefined],
  ['FROM x\nRUN --device=a b', '2:5: --device is not supported: ', undefined],
  ['RUN x', '1:1: there is no FROM before this RUN', undefined],
  ['', '1:1: there are no instructions', undefined],
  ['# only\n', '1:1: there are no instructions', undefined],
  ['FROM', '1:1: FROM needs arguments', undefined],
  ['FROM x y z', '1:8: FROM takes an image, or an image and AS NAME', undefined],
  ['FROM x AS', '1:8: FROM takes an image, or an image and AS NAME', undefined],
  ['FROM x AS 1st', '1:11: stage name "1st": expected a letter', undefined],
  [
    'FROM x\nRUN <<EOF\nab\n EOF\n',
    '2:5: the here-document "EOF" does not end',
    'line 4 has blanks beside EOF',
  ],
  ['FROM x\nCOPY a <<EOF\nEOF\n', '2:8: a here-document cannot be the destination of COPY', undefined],
  ['FROM x\nRUN', '2:1: RUN needs arguments', undefined],
  ['FROM x\nRUN []', '2:1: RUN needs arguments', undefined],
  ['FROM x\nCOPY a', '2:6: COPY needs a source and a destination', undefined],
  ['FROM x\nADD', '2:1: ADD needs a source and a destination', undefined],
  ['FROM x\nCMD ["a", 1]', '2:5: 1 in the array is no string', undefined],
  ['FROM x\nSHELL bash -c', '2:7: SHELL takes a JSON array', 'write SHELL ["bash", "-c"]'],
  ['FROM x\nENV a=b c', '2:9: "=" is missing in "c"', undefined],
  ['FROM x\nENV a', '2:5: ENV a has no value', undefined],
  ['FROM x\nENV =a', '2:5: there is no name before "="', undefined],
  ['FROM x\nARG =a', '2:5: there is no name before "="', undefined],
  [
    'FROM x\nRUN --network=hots x',
    '2:15: --network=hots: expected default, none, host',
    'did you mean "host"?',
  ],
  ['FROM x\nRUN --mount=type=cahce,target=/x y', '2:13: unknown type "cahce"', 'did you mean "cache"?'],
  ['FROM x\nRUN --mount=type=cache,traget=/x y', '2:24: unknown key "traget"', 'did you mean "target"?'],
  ['FROM x\nRUN --mount=type=cache y', '2:13: this mount has no target', 'add target=PATH'],
  ['FROM x\nRUN --mount=type=secret y', '2:13: this mount of a secret has no id', undefined],
  ['FROM x\nRUN --mount=type=cache,target=/x,mode=9 y', '2:34: mode=9: expected an octal number', undefined],
  ['FROM x\nRUN --mount=type=tmpfs,target=/x,size=9q y', '2:34: "9q" is no size', undefined],
  ['FROM x\nRUN --mount=type=bind,target y', '2:23: "target" has no value', undefined],
  ['FROM x\nHEALTHCHECK CDM x', '2:13: unknown type "CDM" of HEALTHCHECK', 'did you mean "CMD"?'],
  ['FROM x\nHEALTHCHECK --interval=x CMD y', '2:24: "x" is no duration', undefined],
  ['FROM x\nHEALTHCHECK --interval=1ns CMD y', '2:24: "1ns" is less than a millisecond', undefined],
  ['FROM x\nHEALTHCHECK --retries=-1 CMD y', '2:23: --retries=-1: expected a number', undefined],
  ['FROM x\nHEALTHCHECK NONE x', '2:13: HEALTHCHECK NONE takes no arguments', undefined],
  ['FROM x\nONBUILD FROM y', '2:9: ONBUILD cannot be followed by FROM', undefined],
  ['FROM x\nONBUILD RNU y', '2:9: unknown instruction "RNU"', 'did you mean "RUN"?'],
  ['FROM x\nVOLUME [""]', '2:9: a path of VOLUME is empty', undefined],
  ['# escape=x\nFROM x', '1:10: escape character "x"', undefined],
  ['# escape=`\n# escape=`\nFROM x', '2:3: "# escape=" stands here for the second time', undefined],
  ['# check=skpi=all\nFROM x', '1:3: unknown key "skpi" of "# check="', 'did you mean "skip"?'],
];

test('an error names file, line and column, and how to mend it', () => {
  for (const [text, message, hint] of wrong) {
    const error = errorOf(() => parseContainerfile(text, 'Containerfile'));
    assert.ok(error.message.startsWith(`Containerfile:${message}`), `${error.message} of ${text}`);
    if (hint !== undefined) assert.ok(error.hint?.startsWith(hint), `${error.hint} of ${text}`);
    assert.equal(error.exitCode, 125);
  }
});

function errorOf(run: () => unknown): TspodError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof TspodError);
    return error;
  }
  throw new Error('nothing was thrown');
}

test('an error quotes the line on which it is, also within an instruction of several lines', () => {
  const text = 'FROM x\nRUN a \\\n  && b\n\n\tCOPY \\\n# why\n   --chwn=3 a \\\n  b';
  const error = errorOf(() => parseContainerfile(text, 'Containerfile'));
  assert.deepEqual(error.excerpt, ['  7 |    --chwn=3 a \\', '    |    ^^^^^^^^']);
});

test('values are checked when they are known', () => {
  const values: [string, string][] = [
    ['RUN --mount=type=$T,target=/x y', '2:13: unknown type "odd"'],
    ['EXPOSE 80 $T', '2:11: "odd" is no port'],
    ['EXPOSE 70000', '2:8: "70000" is no port'],
    ['USER ${NAME?give it}', '2:6: NAME: give it'],
    ['COPY "a b', '2:6: COPY needs'],
    ['WORKDIR "a b', '2:9: the double quote is not closed'],
    ['COPY <<E /x\n${NAME?give it}\nE', '2:6: in the here-document "E": NAME: give it'],
  ];
  for (const [line, message] of values) {
    const error = errorOf(() => {
      const [stage] = parseContainerfile(`FROM x\n${line}`, 'f').stages;
      const [instruction] = stage?.instructions ?? [];
      if (instruction) expandInstruction(instruction, { variables: new Map([['T', 'odd']]), escape: '\\' });
    });
    if (!line.startsWith('COPY "')) assert.ok(error.message.startsWith(`f:${message}`), error.message);
  }
});

test('triggers of an image are parsed as instructions, and name where they are from', () => {
  const [copy, run] = parseTriggers(['COPY . /app', 'RUN <<EOF\nmake\nEOF'], 'ONBUILD of base');
  assert.equal(copy?.kind, 'copy');
  assert.equal(run?.kind, 'run');
  assert.throws(() => parseTriggers(['COPPY'], 'ONBUILD of base'), /^TspodError: ONBUILD of base:1:1: /);
});

test('what is probably not meant is a warning with its place', () => {
  const { warnings } = parseContainerfile("FROM x AS a\nCMD ['sh', 'x']\nRUN a \\\n\n b\nFROM y AS a\n", 'f');
  const places = warnings.map(({ message, at }) => `${at.line}: ${message.slice(0, 25)}`);
  assert.deepEqual(places, [
    '4: empty line inside an inst',
    '2: this is no valid JSON arr',
    '6: the name "a" is that of a',
  ]);
});
