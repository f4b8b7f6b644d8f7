import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSecret } from '../../../../src/container/options/parse-secret';

test('a name alone is a file that everybody in the container may read', () => {
  assert.deepEqual(parseSecret('token'), { type: 'mount', source: 'token', uid: 0, gid: 0, mode: 0o444 });
});

test('options say what a secret becomes, where, and whose it is', () => {
  assert.deepEqual(parseSecret('token,type=mount,target=/x,UID=5,gid=6,mode=0640'), {
    ...{ type: 'mount', source: 'token', target: '/x', uid: 5, gid: 6, mode: 0o640 },
  });
  assert.deepEqual(parseSecret('source=token,type=env,target=T'), {
    ...{ type: 'env', source: 'token', target: 'T', uid: 0, gid: 0, mode: 0o444 },
  });
});

const bad: [text: string, message: string][] = [
  ['a,bad=1', 'option bad=1 invalid: parsing secret'],
  ['a,type', 'option type must be in form option=value: parsing secret'],
  ['a,type=bad', 'type bad is invalid: parsing secret'],
  ['a,type=env,type=env', 'more than one secret type: parsing secret'],
  ['a,uid=x', 'UID x invalid: parsing secret'],
  ['a,gid=-1', 'GID -1 invalid: parsing secret'],
  ['a,mode=999', 'mode 999 invalid: parsing secret'],
  ['a,type=env,mode=1', 'UID, GID, Mode options cannot be set with secret type env: parsing secret'],
  ['type=env,target=x', 'no source found type=env,target=x: parsing secret'],
];

for (const [text, message] of bad) {
  test(`--secret ${text} is refused`, () => {
    assert.throws(() => parseSecret(text), { code: 'usage', message });
  });
}
