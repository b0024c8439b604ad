import { readFileSync } from 'node:fs';
import path from 'node:path';
import { definedSymbols } from 'allomorph/elf/defined-symbols';
import { parseElf, type Elf } from 'allomorph/elf/elf';
import { library, ownMalloc, removeFolders, temporaryFolder } from '../doctor/support/compile.js';
import { addonFile } from '../support/binaries.js';

afterAll(removeFolders);

const bytes = () =>
  readFileSync(
    library(path.join(temporaryFolder(), 'libx.so'), ownMalloc, ['-Wl,-soname,libx.so.1']),
  );
const everything = (elf: Elf | undefined) => elf && definedSymbols(elf, ['malloc', 'free']);

test('what a library defines, and what it only uses', () => {
  const elf = parseElf(bytes())!;
  expect(elf).toMatchObject({
    bits: 64,
    kind: 'shared',
    soname: 'libx.so.1',
    interpreter: undefined,
  });
  expect(elf.needed.some((name) => name.startsWith('libc'))).toBe(true);
  expect(everything(elf)).toContainEqual({ name: 'malloc', exported: true });
  expect(definedSymbols(parseElf(readFileSync(addonFile))!, ['malloc'])).not.toContainEqual(
    expect.objectContaining({ name: 'malloc' }),
  );
});

test('an executable names its dynamic loader, and does not define malloc', () => {
  const node = parseElf(readFileSync(process.execPath))!;
  expect(node.interpreter).toMatch(/ld-/);
  expect(definedSymbols(node, ['malloc']).filter(({ name }) => name === 'malloc')).toEqual([]);
});

test('damaged files end in "no ELF file" or in something, never in an exception', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e6);
  let state = seed + 1;
  const random = (below: number) => (state = (state * 48_271) % 0x7fffffff) % below;
  const whole = bytes();
  try {
    for (let round = 0; round < 400; round++) {
      const damaged = Buffer.from(
        whole.subarray(0, round % 2 === 0 ? random(whole.length) : undefined),
      );
      for (let count = random(8); count >= 0 && damaged.length > 0; count--) {
        // Mostly in the headers, where offsets and sizes are.
        damaged[random(random(2) === 0 ? Math.min(1024, damaged.length) : damaged.length)] =
          random(256);
      }
      everything(parseElf(damaged));
    }
  } catch (error) {
    throw new Error(`SEED=${seed} fails`, { cause: error });
  }
  expect(parseElf(Buffer.alloc(0))).toBeUndefined();
  expect(parseElf(Buffer.from('#!/bin/sh\n'.repeat(10)))).toBeUndefined();
});

describe('without section headers', () => {
  /** As packers leave it: e_shoff, e_shnum and e_shstrndx are 0. */
  const strippedOf = (file: string) => {
    const stripped = readFileSync(file);
    stripped.fill(0, 40, 48).fill(0, 60, 64);
    return stripped;
  };
  const compiled = (style: string, more: readonly string[] = []) =>
    library(path.join(temporaryFolder(), 'libx.so'), ownMalloc, [
      `-Wl,--hash-style=${style}`,
      ...more,
    ]);
  const bytesIn = (elf: Elf, { start, end }: { start: number; end: number }) =>
    elf.bytes.toString('latin1', start, end);
  const relocations = (elf: Elf) =>
    elf.relocationTables.map(({ range, withAddend }) => [bytesIn(elf, range), withAddend]);

  test.each([
    ['a library, hash style sysv', () => compiled('sysv')],
    ['a library, hash style gnu', () => compiled('gnu')],
    ['a library without lazy binding', () => compiled('gnu', ['-Wl,-z,now'])],
    ['a large library', () => addonFile],
    ['an executable', () => process.execPath],
  ])('%s has the same dynamic symbols and relocations', (_name, fileOf) => {
    const file = fileOf();
    const [whole, stripped] = [parseElf(readFileSync(file))!, parseElf(strippedOf(file))!];
    const dynamic = whole.symbolTables.filter((table) => table.dynamic);
    expect(dynamic).toHaveLength(1);
    expect(stripped.symbolTables).toHaveLength(1);
    const [left, right] = [dynamic[0]!, stripped.symbolTables[0]!];
    expect(bytesIn(stripped, right.symbols) === bytesIn(whole, left.symbols)).toBe(true);
    expect(bytesIn(stripped, right.strings) === bytesIn(whole, left.strings)).toBe(true);
    expect(relocations(stripped).sort()).toEqual(relocations(whole).sort());
  });

  test('a malloc that it defines is found', () => {
    expect(everything(parseElf(strippedOf(compiled('gnu', ['-s']))))).toContainEqual({
      name: 'malloc',
      exported: true,
    });
  });
});
