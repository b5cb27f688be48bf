import { closeSync, openSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemRefusal } from '../../src/cli/system-refusal.js';

const refused = (code: string) => Object.assign(new Error(`${code}: no, write`), { code, syscall: 'write' });

it.each(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'ENOMEM', 'EROFS', 'EACCES', 'EPERM', 'EIO'])(
  '%s is the system, though a write to an open file names no path',
  (code) => {
    expect(systemRefusal(refused(code))).toMatch(new RegExp(`^${code}: no, write\\. [A-Z].*\\.$`));
  },
);

it.skipIf(process.platform !== 'linux')('so is a disk that is full in earnest', () => {
  const full = openSync('/dev/full', 'w');
  try {
    writeSync(full, 'x');
    throw new Error('Nothing was refused.');
  } catch (error) {
    expect(systemRefusal(error)).toContain('Make room on the disk');
  } finally {
    closeSync(full);
  }
});

it.each([
  'WebAssembly.Memory(): could not allocate memory',
  'Array buffer allocation failed',
  'std::bad_alloc',
])('so is memory that ran out: %s', (message) => {
  expect(systemRefusal(new RangeError(message))).toContain('Free memory');
});

it('mistakes of ours are not', () => {
  expect(systemRefusal(new TypeError('x is not a function'))).toBeUndefined();
  expect(systemRefusal(new RangeError('Invalid typed array length: -1'))).toBeUndefined();
  expect(systemRefusal(Object.assign(new Error('odd'), { code: 'constructor' }))).toBeUndefined();
  expect(systemRefusal(refused('EBADF'))).toBeUndefined();
});
