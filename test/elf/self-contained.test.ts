import path from 'node:path';
import { isSelfContained } from 'allomorph/elf/self-contained';
import { library, removeFolders, temporaryFolder } from '../doctor/support/compile.js';

afterAll(removeFolders);
const folder = temporaryFolder();
const made = (name: string, source: string, ...flags: string[]) =>
  library(path.join(folder, name), source, flags);

test('the C library and what compilers bring are no dependencies', () => {
  const source = '#include <math.h>\ndouble root(double x) { return sqrt(x); }';
  const all = ['-Wl,--no-as-needed', '-lm', '-lpthread', '-lstdc++', '-lgcc_s'];
  expect(isSelfContained(made('libplain.so', source))).toBe(true);
  expect(isSelfContained(made('liball.so', source, ...all))).toBe(true);
});

test('a library of somebody else is one', () => {
  made('libother.so', 'int other = 1;');
  const flags = [`-L${folder}`, '-Wl,--no-as-needed', '-lother', '-Wl,-rpath,$ORIGIN'];
  expect(isSelfContained(made('libuser.so', 'int user = 1;', ...flags))).toBe(false);
});

test('what is no ELF file is not', () => {
  expect(isSelfContained(__filename)).toBe(false);
});
