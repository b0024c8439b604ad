import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportedNames } from 'allomorph/elf/exported-names';
import { library, removeFolders, temporaryFolder } from '../doctor/support/compile.js';
import { addonFile } from '../support/binaries.js';
import { namesByNm } from '../support/names-by-nm.js';

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

afterAll(removeFolders);

describe('exportedNames', () => {
  const folder = temporaryFolder();
  const compiled = (name: string, flags: readonly string[] = [], code = source) =>
    library(path.join(folder, name), code, flags);

  test.each(['sysv', 'gnu', 'both'])(
    'what a library defines for others, hash style %s',
    (style) => {
      const names = exportedNames(compiled(`lib${style}.so`, [`-Wl,--hash-style=${style}`]));
      expect([...names].filter((name) => !name.startsWith('_')).sort()).toEqual(
        ['caller', 'protected', 'shown', 'shown_data', 'weak'].sort(),
      );
    },
  );

  test('nothing is exported', () => {
    const code = 'static int none;\nvoid *use(void);\n';
    const file = compiled('libempty.so', ['-nostartfiles', '-nostdlib'], code);
    expect([...exportedNames(file)]).toEqual([]);
  });

  test('the same as nm says of a large library', () => {
    const known = namesByNm(addonFile, /[A-TV-Zuvw]/).map((name) => name.replace(/@.*/, ''));
    expect(known.length).toBeGreaterThan(5);
    expect([...exportedNames(addonFile)].sort()).toEqual([...new Set(known)].sort());
  });

  test('none in what is no library, or is cut off anywhere', () => {
    const whole = readFileSync(compiled('libwhole.so'));
    const file = path.join(folder, 'cut');
    for (const length of [0, 3, 40, 63, 64, 100, 500, 1000, 2000]) {
      writeFileSync(file, whole.subarray(0, length));
      expect([...exportedNames(file)]).toEqual([]);
    }
    expect([...exportedNames(__filename)]).toEqual([]);
    expect(() => exportedNames('/no/such/file')).toThrow(/ENOENT/);
  });
});
