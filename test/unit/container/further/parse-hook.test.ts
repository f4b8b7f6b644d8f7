import assert from 'node:assert/strict';
import test from 'node:test';
import { matchesWhen, parseHook, type HookFile } from '../../../../src/container/further/parse-hook';

const hook = { path: '/bin/sh' };
const file = (changes: object): string =>
  JSON.stringify({ version: '1.0.0', hook, when: { always: true }, stages: ['prestart'], ...changes });

test('parseHook() reads a hook of version 1.0.0', () => {
  const { stages, when } = parseHook('/h.json', file({ stages: ['poststart', 'poststop'] }));
  assert.deepEqual([stages, when], [['poststart', 'poststop'], { always: true }]);
});

const BAD: [what: string, text: string, message: RegExp][] = [
  ['no JSON', '{', /parsing hook "\/h.json": .*JSON/],
  ['a list', '[]', /it is not an object/],
  ['another version', file({ version: '2.0.0' }), /unrecognized hook version: "2.0.0"/],
  ['no version', file({ version: undefined }), /unrecognized hook version: ""/],
  ['a relative path', file({ hook: { path: 'sh' } }), /absolute path/],
  ['a program that is missing', file({ hook: { path: '/nosuch' } }), /stat \/nosuch/],
  ['no stages', file({ stages: [] }), /no stages/],
  ['an unknown stage', file({ stages: ['bogus'] }), /unknown stage "bogus"/],
  ['a malformed expression', file({ when: { commands: ['('] } }), /regular expression/i],
];

for (const [what, text, message] of BAD) {
  test(`parseHook() refuses ${what}`, () => {
    assert.throws(() => parseHook('/h.json', text), { message, exitCode: 126 });
  });
}

const facts = { annotations: { 'my.key': 'value' }, command: '/bin/sh', hasBindMounts: false };

const CONDITIONS: [when: HookFile['when'], matches: boolean][] = [
  [{}, false],
  [{ always: true }, true],
  [{ always: false }, false],
  [{ hasBindMounts: true }, false],
  [{ annotations: { '^my': 'val' } }, true],
  [{ annotations: { '^my': '^alu' } }, false],
  [{ commands: ['^/bin/sh$'] }, true],
  [{ commands: ['python', 'sh'] }, true],
  [{ commands: ['python'] }, false],
  [{ commands: ['sh'], hasBindMounts: true }, false],
  [{ commands: ['sh'], hasBindMounts: true, or: true }, true],
  [{ commands: ['python'], hasBindMounts: true, or: true }, false],
];

for (const [when, matches] of CONDITIONS) {
  test(`a hook with ${JSON.stringify(when)} is ${matches ? '' : 'not '}run`, () => {
    assert.equal(matchesWhen({ hook, stages: ['prestart'], when }, facts), matches);
  });
}
