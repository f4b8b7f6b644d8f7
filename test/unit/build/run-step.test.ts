import assert from 'node:assert/strict';
import test from 'node:test';
import { programError } from '../../../src/build/steps/run-step';

test('how a program of RUN has ended is told, and its exit status is that of the build', () => {
  const cases: [{ exitCode: number; oomKilled: boolean }, string][] = [
    [{ exitCode: 3, oomKilled: false }, 'RUN x: the program ended with exit status 3'],
    [{ exitCode: 137, oomKilled: false }, 'RUN x: the program was killed by signal 9'],
    [{ exitCode: 137, oomKilled: true }, 'RUN x: the program ran out of memory'],
    [{ exitCode: 1, oomKilled: true }, 'RUN x: the program ran out of memory'],
  ];
  for (const [result, message] of cases) {
    const error = programError('RUN x', result);
    assert.deepEqual([error.message, error.exitCode], [message, result.exitCode]);
    assert.equal(error.hint !== undefined, result.oomKilled);
  }
});
