import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readElfHeader } from 'allomorph/elf/header';
import { machineName } from 'allomorph/elf/machine';
import { compile, library, removeFolders, temporaryFolder } from '../doctor/support/compile.js';

afterAll(removeFolders);
const folder = temporaryFolder();
const compiled = (name: string, source: string, ...flags: string[]) =>
  compile(path.join(folder, name), source, flags);
const made = (name: string, source: string, ...flags: string[]) =>
  library(path.join(folder, name), source, flags);

test('a program names its dynamic linker, a library none; both are for this machine', () => {
  const node = readElfHeader(process.execPath);
  expect(node).toMatchObject({
    bits: 64,
    complete: true,
    interpreter: expect.stringMatching(/ld-/),
  });
  expect(machineName(node?.machine ?? 0)).toBe(process.arch);
  const plain = readElfHeader(made('libplain.so', 'int one = 1;'));
  expect(plain).toEqual({ ...node, interpreter: null, staticTls: 0 });
});

test('a program that is linked statically names none', () => {
  const file = compiled('static', 'int main(void) { return 0; }', '-static');
  expect(readElfHeader(file)).toMatchObject({ interpreter: null, complete: true });
});

test('thread-local variables count where they need a fixed place', () => {
  const variables = (bytes: number) =>
    `__thread char own[${bytes}]; char *use(void) { return own; }`;
  const model = '-ftls-model=initial-exec';
  expect(readElfHeader(made('libfixed.so', variables(4096), model))?.staticTls).toBe(4096);
  expect(readElfHeader(made('libfew.so', variables(8), model))?.staticTls).toBe(8);
  expect(readElfHeader(made('libmoved.so', variables(4096)))?.staticTls).toBe(0);
});

test('what is cut off is not complete, and what is no ELF file is null', () => {
  const whole = readFileSync(made('libwhole.so', 'int one = 1;'));
  const file = path.join(folder, 'cut');
  for (const length of [20, 63, 64, 100, 500, 1000, whole.length / 2]) {
    writeFileSync(file, whole.subarray(0, length));
    expect(readElfHeader(file)).toMatchObject({ bits: 64, complete: false });
  }
  for (const text of ['', '\x7fEL', '\x7fELF', '#!/bin/sh\n'.repeat(10)]) {
    writeFileSync(file, text);
    expect(readElfHeader(file)).toBeNull();
  }
  writeFileSync(file, whole);
  appendFileSync(file, 'what packers add');
  expect(readElfHeader(file)).toMatchObject({ complete: true });
  expect(() => readElfHeader('/no/such/file')).toThrow(/ENOENT/);
});
