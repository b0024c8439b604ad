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
