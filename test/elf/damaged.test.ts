import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { definedSymbols } from 'allomorph/elf/defined-symbols';
import { parseElf } from 'allomorph/elf/elf';
import { exportedNames } from 'allomorph/elf/exported-names';
import { readElfHeader } from 'allomorph/elf/header';
import { compile, library, removeFolders, temporaryFolder } from '../doctor/support/compile.js';

afterAll(removeFolders);
const folder = temporaryFolder();

/** Where the value of a tag of PT_DYNAMIC stands in a 64-bit little-endian file. */
function valueOf(bytes: Buffer, tag: bigint): number {
  const headers = Number(bytes.readBigUInt64LE(32));
  for (let at = headers; ; at += 56) {
    if (bytes.readUInt32LE(at) !== 2) continue;
    for (let entry = Number(bytes.readBigUInt64LE(at + 8)); ; entry += 16) {
      if (bytes.readBigUInt64LE(entry) === tag) return entry + 8;
    }
  }
}

test('a hash chain that does not end, in a file of 100 GiB', () => {
  const file = library(path.join(folder, 'libchain.so'), 'int shown = 1;', [
    '-Wl,--hash-style=gnu',
  ]);
  const bytes = readFileSync(file);
  expect([...exportedNames(file)]).toContain('shown');
  // Behind the end of what is there, where everything is zero: one bucket, and a chain of zeros.
  const table = bytes.length;
  const header = Buffer.alloc(24);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(1, 4);
  header.writeUInt32LE(0, 8);
  header.writeUInt32LE(1, 16);
  const gnuHash = valueOf(bytes, 0x6ffffef5n);
  bytes.writeBigUInt64LE(BigInt(table), gnuHash);
  // The first segment is as long as the file, so that the table is in it.
  const headers = Number(bytes.readBigUInt64LE(32));
  for (const field of [32, 40]) bytes.writeBigUInt64LE(BigInt(100 * 2 ** 30), headers + field);
  writeFileSync(file, Buffer.concat([bytes, header]));
  truncateSync(file, 100 * 2 ** 30);
  expect([...exportedNames(file)]).toEqual([]);
});

test('a name of 300,000 letters is none', () => {
  const name = `${'a'.repeat(300_000)}malloc`;
  const file = library(path.join(folder, 'liblong.so'), `int ${name} = 1; int my_malloc = 1;`);
  const elf = parseElf(readFileSync(file));
  expect(definedSymbols(elf!, ['malloc'])).toEqual([{ name: 'my_malloc', exported: true }]);
});

test('a dynamic linker with a name of 100 MB', () => {
  const file = compile(path.join(folder, 'program'), 'int main(void) { return 0; }', []);
  const bytes = readFileSync(file);
  const headers = Number(bytes.readBigUInt64LE(32));
  for (let at = headers; ; at += 56) {
    if (bytes.readUInt32LE(at) !== 3) continue;
    bytes.writeBigUInt64LE(BigInt(bytes.length), at + 8);
    bytes.writeBigUInt64LE(BigInt(100 * 2 ** 20), at + 32);
    break;
  }
  writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(100 * 2 ** 20, 'x')]));
  expect(readElfHeader(file)?.interpreter).toBe('x'.repeat(4096));
});
