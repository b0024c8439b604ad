import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cli, run } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';

// A library of five functions is tried in a Node before the first command that is put on it.

const fixtures = new CompiledFixtures();
afterAll(() => {
  fixtures.remove();
});

const cache = path.join(fixtures.folder, 'cache');
const loaded = path.join(fixtures.folder, 'loaded');
beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
});

/** @returns how many processes have loaded the library */
function loadsOf(library: string, ...options: string[]): number {
  rmSync(loaded, { force: true });
  const args = ['run', '--allocator', library, ...options, '--', '/bin/true'];
  const env = { ALLOMORPH_CACHE: cache, LOADED: loaded };
  expect(run(process.execPath, [cli, ...args], env)).toMatchObject({ status: 0, stderr: '' });
  return readFileSync(loaded, 'utf8').trim().split('\n').length;
}

const remembered = () =>
  existsSync(path.join(cache, 'tried')) ? readdirSync(path.join(cache, 'tried')) : [];

test('that it passed is remembered, by its content', () => {
  const announcing = fixtures.library('test/fixtures/allocators/announcing.c');
  const command = loadsOf(announcing, '--no-verify');
  expect(remembered()).toEqual([]);
  expect(loadsOf(announcing)).toBeGreaterThan(command);
  expect(remembered()).toHaveLength(1);
  expect(loadsOf(announcing)).toBe(command);
  const changed = fixtures.library('test/fixtures/allocators/announcing.c', ['-O1', '-DCHANGED']);
  expect(loadsOf(changed)).toBe(loadsOf(changed, '--no-verify') + 1);
});

test('what ends the process is tried again every time', () => {
  const ending = fixtures.library('test/fixtures/allocators/ending.c', ['-DSTATUS=7']);
  for (let time = 0; time < 2; time++) {
    const args = [cli, 'run', '--allocator', ending, '--', '/bin/true'];
    const child = run(process.execPath, args, { ALLOMORPH_CACHE: cache });
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toContain('libending.so ended the process with status 7');
  }
  expect(remembered()).toEqual([]);
});

test('one that is linked with libraries of its own is tried every time', () => {
  fixtures.library('test/fixtures/allocators/classic.c');
  const flags = ['-Wl,--no-as-needed', `-L${fixtures.folder}`, '-lclassic', '-Wl,-rpath,$ORIGIN'];
  const linked = fixtures.library('test/fixtures/allocators/announcing.c', flags);
  expect(loadsOf(linked)).toBe(loadsOf(linked));
  expect(loadsOf(linked)).toBe(loadsOf(linked, '--no-verify') + 1);
  expect(remembered()).toEqual([]);
});
