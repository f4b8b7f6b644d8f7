import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { lastErrno, libc } from '../../../src/sys/native-library';

const ENOENT = 2;
const EBADF = 9;

test('lastErrno() is that of the last call of libc(), whatever has happened since', () => {
  assert.equal(libc('int rmdir(const char *path)')('/no/such/folder'), -1);
  existsSync('/proc/self/mem/not-a-folder');
  libc('int access(const char *path, int mode)');
  assert.equal(lastErrno(), ENOENT);
  assert.equal(libc('int fsync(int fd)')(-1), -1);
  assert.equal(lastErrno(), EBADF);
});
