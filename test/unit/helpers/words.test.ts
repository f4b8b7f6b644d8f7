import assert from 'node:assert/strict';
import test from 'node:test';
import { words } from '../../helpers/words';

test('words`` parts a command line at blanks, but not what is quoted or put in', () => {
  const name = 'a b';
  const found = words`run  -d --name ${name} '' 'x ${name}' pre${name}post ${['q r', 's']} /m:rw`;
  assert.equal(found.join('|'), 'run|-d|--name|a b||x a b|prea bpost|q r|s|/m:rw');
});
