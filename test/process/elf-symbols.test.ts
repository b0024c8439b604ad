import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dynamicSymbols } from '../../lib/process/elf-symbols.js';
import { addonFile } from '../support/binaries.js';
import { run } from '../support/child.js';
import { exportedNames } from '../support/exported-names.js';

const source = `
#include <stdlib.h>
int shown_data = 1;
void *shown(void) { return malloc(1); }
__attribute__((weak)) void weak(void) {}
__attribute__((visibility("protected"))) void protected(void) {}
__attribute__((visibility("hidden"))) void hidden(void) {}
static void local(void) {}
void caller(void) { local(); hidden(); }
`;

describe('dynamicSymbols', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-symbols-'));
    writeFileSync(path.join(folder, 'source.c'), source);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const compiled = (name: string, flags: readonly string[], code = 'source.c') => {
    const file = path.join(folder, name);
    const built = run('cc', ['-shared', '-fPIC', ...flags, '-o', file, path.join(folder, code)]);
    expect([built.status, built.stderr]).toEqual([0, '']);
    return file;
  };

  test.each(['sysv', 'gnu', 'both'])(
    'what a library defines for others, hash style %s',
    (style) => {
      const names = dynamicSymbols(compiled(`lib${style}.so`, [`-Wl,--hash-style=${style}`]));
      expect([...names].filter((name) => !name.startsWith('_')).sort()).toEqual(
        ['caller', 'protected', 'shown', 'shown_data', 'weak'].sort(),
      );
    },
  );

  test('nothing is exported', () => {
    writeFileSync(path.join(folder, 'empty.c'), 'static int none;\nvoid *use(void);\n');
    const file = compiled('libempty.so', ['-nostartfiles', '-nostdlib'], 'empty.c');
    expect([...dynamicSymbols(file)]).toEqual([]);
  });

  test('the same as nm says of a large library', () => {
    const exported = exportedNames(addonFile, /[A-TV-Zuvw]/);
    const known = exported.map((name) => name.replace(/@.*/, ''));
    expect(known.length).toBeGreaterThan(5);
    expect([...dynamicSymbols(addonFile)].sort()).toEqual([...new Set(known)].sort());
  });

  test('none in what is no library, or is cut off anywhere', () => {
    const whole = readFileSync(compiled('libwhole.so', []));
    const file = path.join(folder, 'cut');
    for (const length of [0, 3, 40, 63, 64, 100, 500, 1000, 2000]) {
      writeFileSync(file, whole.subarray(0, length));
      expect([...dynamicSymbols(file)]).toEqual([]);
    }
    expect([...dynamicSymbols(__filename)]).toEqual([]);
    expect(() => dynamicSymbols('/no/such/file')).toThrow(/ENOENT/);
  });
});
