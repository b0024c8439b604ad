import type { Elf } from './elf.js';
import type { SymbolTable } from './sections.js';

/** A function or object that a file defines itself. */
export interface DefinedSymbol {
  readonly name: string;
  /** Other files can bind to it. */
  readonly exported: boolean;
}

/**
 * The defined symbols whose name ends in one of `endings`. Names are looked for in the string
 * table first: a Node executable has a hundred thousand symbols, and decoding them all takes
 * longer than everything else doctor does.
 */
export function definedSymbols(elf: Elf, endings: readonly string[]): DefinedSymbol[] {
  const found = new Map<string, boolean>();
  for (const table of elf.symbolTables) {
    const names = namesEndingIn(elf, table, endings);
    if (names.size === 0) continue;
    for (const { nameOffset, defined } of entries(elf, table)) {
      const name = defined ? names.get(nameOffset) : undefined;
      if (name !== undefined) found.set(name, table.dynamic || found.get(name) === true);
    }
  }
  return [...found].map(([name, exported]) => ({ name, exported }));
}

/** Places in the dynamic symbol table of an imported name; relocations refer to them. */
export function importedSymbolIndexes(elf: Elf, name: string): number[] {
  const table = elf.symbolTables.find(({ dynamic }) => dynamic);
  if (table === undefined) return [];
  const names = namesEndingIn(elf, table, [name]);
  const indexes: number[] = [];
  let index = 0;
  for (const { nameOffset, defined } of entries(elf, table)) {
    if (!defined && names.get(nameOffset) === name) indexes.push(index);
    index++;
  }
  return indexes;
}

/** By offset in the string table. Linkers share tails: one string can serve several names. */
function namesEndingIn(
  { bytes }: Elf,
  { strings }: SymbolTable,
  endings: readonly string[],
): Map<number, string> {
  const names = new Map<number, string>();
  const table = bytes.subarray(strings.start, strings.end);
  for (const ending of endings) {
    const text = Buffer.from(`${ending}\0`, 'latin1');
    for (let at = table.indexOf(text); at >= 0; at = table.indexOf(text, at + 1)) {
      const first = table.lastIndexOf(0, at) + 1;
      for (let start = first; start <= at; start++) {
        names.set(start, table.toString('latin1', start, at + ending.length));
      }
    }
  }
  return names;
}

function* entries(
  { bytes, bits, littleEndian }: Elf,
  { symbols }: SymbolTable,
): Generator<{ nameOffset: number; defined: boolean }> {
  const [size, sectionOffset] = bits === 64 ? [24, 6] : [16, 14];
  for (let at = symbols.start; at + size <= symbols.end; at += size) {
    const section = littleEndian
      ? bytes.readUInt16LE(at + sectionOffset)
      : bytes.readUInt16BE(at + sectionOffset);
    yield {
      nameOffset: littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at),
      defined: section !== 0, // SHN_UNDEF: imported, even where it has an address (a PLT entry)
    };
  }
}
