import assert from 'node:assert/strict';
import { closeSync, readFileSync, writeSync } from 'node:fs';
import test from 'node:test';
import { startProgram } from '../../../src/sys/exec';
import { socketPair } from '../../../src/sys/socket-pair';

test('startProgram() passes the descriptors that it was told of, and no others', () => {
  const [kept, end] = socketPair();
  const [other, otherEnd] = socketPair();
  const script = `
    const fs = require('node:fs');
    const word = Buffer.alloc(4);
    fs.readSync(${end}, word);
    fs.writeSync(${end}, [process.env.WHO, word, fs.existsSync('/proc/self/fd/${other}')].join());`;
  startProgram(process.execPath, ['node', '-e', script], { WHO: 'node' }, [end]);
  closeSync(end);
  writeSync(kept, 'back');
  assert.equal(readFileSync(kept, 'latin1'), 'node,back,false');
  for (const descriptor of [kept, other, otherEnd]) closeSync(descriptor);
});

test('startProgram() throws the errno of a program that is not there', () => {
  assert.throws(() => startProgram('/no/such/program', ['program'], {}, []), {
    code: 'ENOENT',
    path: '/no/such/program',
  });
});
