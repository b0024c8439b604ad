import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { remembered } from 'allomorph/support/remembered';

const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-remembered-'));
const file = path.join(folder, 'file');
const cache = path.join(folder, 'cache');
const before = { ...process.env };
beforeEach(() => {
  writeFileSync(file, String(Math.random()));
  process.env = { ...before, ALLOMORPH_CACHE: cache };
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = before;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ask = (more: { lasting?: boolean; conditions?: string[] } = {}) =>
  remembered({ kind: 'kind', file, conditions: ['1'], lasting: true, ...more });

test('by the content and the conditions', () => {
  expect(ask().isKnown).toBe(false);
  ask().remember();
  expect(ask().isKnown).toBe(true);
  expect(ask({ conditions: ['2'] }).isKnown).toBe(false);
  writeFileSync(file, 'other');
  expect(ask().isKnown).toBe(false);
});

test('what does not last is remembered by this thread alone', () => {
  ask({ lasting: false }).remember();
  expect(ask({ lasting: false }).isKnown).toBe(true);
  rmSync(cache, { recursive: true, force: true });
  ask({ lasting: false }).remember();
  expect(existsSync(cache)).toBe(false);
});

test('a user without a home, or with one that is no path', () => {
  process.env = { PATH: before['PATH'] };
  const homedir = jest.spyOn(os, 'homedir').mockImplementation(() => {
    throw new Error('uv_os_homedir returned ENOENT');
  });
  expect(ask().isKnown).toBe(false);
  ask().remember();
  expect(ask().isKnown).toBe(true);
  homedir.mockReturnValue('');
  writeFileSync(file, 'another');
  ask().remember();
  expect(homedir).toHaveBeenCalled();
  expect(existsSync('.cache')).toBe(false);
});

test('a cache that is no folder, and a file that cannot be read or is too large to be', () => {
  writeFileSync(cache, '');
  ask().remember();
  expect(ask().isKnown).toBe(true);
  rmSync(cache);
  truncateSync(file, 3 * 2 ** 30);
  ask().remember();
  expect(ask().isKnown).toBe(false);
  rmSync(file);
  mkdirSync(file);
  expect(ask().isKnown).toBe(false);
  rmSync(file, { recursive: true });
});
