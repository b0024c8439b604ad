import type { Elf } from './elf.js';
import { longestText } from './fields.js';
import type { SymbolTable } from './tables.js';

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
    const names = new Names(elf, table, endings);
    if (names.isEmpty) continue;
    for (const { nameOffset, defined } of entries(elf, table)) {
      const name = defined ? names.at(nameOffset) : undefined;
      if (name !== undefined) found.set(name, table.dynamic || found.get(name) === true);
    }
  }
  return [...found].map(([name, exported]) => ({ name, exported }));
}

/** Places in the dynamic symbol table of an imported name; relocations refer to them. */
export function importedSymbolIndexes(elf: Elf, name: string): number[] {
  const table = elf.symbolTables.find(({ dynamic }) => dynamic);
  if (table === undefined) return [];
  const names = new Names(elf, table, [name]);
  const indexes: number[] = [];
  let index = 0;
  for (const { nameOffset, defined } of entries(elf, table)) {
    if (!defined && names.at(nameOffset) === name) indexes.push(index);
    index++;
  }
  return indexes;
}

/** Where in a string table a name lies that has an ending which is looked for. */
interface Place {
  readonly start: number;
  /** Where the shortest of the endings begins: a name that starts later is only a part of it. */
  readonly ending: number;
  /** Of the zero byte behind it. */
  readonly end: number;
}

/** The names of a string table that end in one of some texts. */
class Names {
  readonly #table: Buffer;
  /** Ascending. */
  readonly #places: readonly Place[];

  constructor({ bytes }: Elf, { strings }: SymbolTable, endings: readonly string[]) {
    const table = bytes.subarray(strings.start, strings.end);
    const ends = new Map<number, number>();
    for (const ending of endings) {
      const text = Buffer.from(`${ending}\0`, 'latin1');
      for (let at = table.indexOf(text); at >= 0; at = table.indexOf(text, at + 1)) {
        const end = at + ending.length;
        ends.set(end, Math.max(at, ends.get(end) ?? at));
      }
    }
    this.#table = table;
    this.#places = [...ends]
      .map(([end, ending]) => ({ start: table.lastIndexOf(0, ending) + 1, ending, end }))
      .sort((left, right) => left.end - right.end);
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  /** Undefined when the name there has no such ending. Linkers share tails: one string can serve several names. */
  at(offset: number): string | undefined {
    const place = this.#placeAfter(offset);
    if (place === undefined || offset < place.start || offset > place.ending) return undefined;
    if (place.end - offset > longestText) return undefined;
    return this.#table.toString('latin1', offset, place.end);
  }

  #placeAfter(offset: number): Place | undefined {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#places[middle]?.end ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return this.#places[low];
  }
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
