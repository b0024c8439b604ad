import { tags, type Dynamic } from './dynamic.js';
import type { ElfReader } from './reader.js';
import { rangeIn, type RelocationTable, type SymbolTable } from './tables.js';

/** More than any library has: a damaged file shall not keep us busy. */
const mostSymbols = 2 ** 22;
/** Entries of a hash chain that are read at once. */
const chainPiece = 1024;

/**
 * The symbols that the dynamic linker sees. By PT_DYNAMIC, so that a file stripped of its section
 * headers has them too.
 * @returns undefined for what is linked statically
 * @throws RangeError when the file contradicts itself
 */
export function dynamicSymbols(reader: ElfReader, dynamic: Dynamic): SymbolTable | undefined {
  const [symbols, strings] = [dynamic.offset(tags.symbols), dynamic.offset(tags.strings)];
  if (symbols === undefined || strings === undefined) return undefined;
  const count = countSymbols(reader, dynamic);
  if (count > mostSymbols) throw new RangeError('too many symbols');
  return {
    dynamic: true,
    symbols: rangeIn(reader, symbols, (reader.bits === 64 ? 24 : 16) * count),
    strings: rangeIn(reader, strings, dynamic.value(tags.stringsSize) ?? 0),
  };
}

/** What the dynamic linker fills in: for variables and pointers, then for calls. */
export function dynamicRelocations(reader: ElfReader, dynamic: Dynamic): RelocationTable[] {
  const callsHaveAddend = dynamic.value(tags.callRelocationsKind) === tags.relocationsWithAddend;
  const tables = [
    [tags.relocationsWithAddend, tags.relocationsWithAddendSize, true],
    [tags.relocations, tags.relocationsSize, false],
    [tags.callRelocations, tags.callRelocationsSize, callsHaveAddend],
  ] as const;
  return tables.flatMap(([at, size, withAddend]) => {
    const start = dynamic.offset(at);
    if (start === undefined) return [];
    return { range: rangeIn(reader, start, dynamic.value(size) ?? 0), withAddend };
  });
}

/** It stands in no table of its own; DT_HASH has a chain entry for each symbol. */
function countSymbols(reader: ElfReader, dynamic: Dynamic): number {
  const hash = dynamic.offset(tags.hash);
  if (hash !== undefined) return reader.fields(hash, 8).word(4);
  const gnuHash = dynamic.offset(tags.gnuHash);
  return gnuHash === undefined ? 0 : countByGnuHash(reader, gnuHash);
}

/**
 * DT_GNU_HASH: the last symbol is the end of the chain that starts highest. Without any chain only
 * the symbols below the first hashed one exist, and those are imports.
 */
function countByGnuHash(reader: ElfReader, at: number): number {
  const header = reader.fields(at, 16);
  const [buckets, firstHashed, bloomWords] = [header.word(0), header.word(4), header.word(8)];
  const bucketsAt = at + 16 + (reader.bits / 8) * bloomWords;
  const table = reader.fields(bucketsAt, 4 * buckets);
  let last = 0;
  for (let index = 0; index < buckets; index++) last = Math.max(last, table.word(4 * index));
  if (last < firstHashed) return firstHashed;
  return 1 + endOfChain(reader, bucketsAt + 4 * buckets, firstHashed, last);
}

/** @param chains where in the file the entry of symbol `firstHashed` is @returns the last symbol of the chain */
function endOfChain(reader: ElfReader, chains: number, firstHashed: number, from: number): number {
  for (let symbol = from; symbol < mostSymbols; symbol += chainPiece) {
    const at = chains + 4 * (symbol - firstHashed);
    // Up to the end of the file: the last piece is seldom a whole one.
    const count = Math.min(chainPiece, Math.floor((reader.source.length - at) / 4));
    const entries = reader.fields(at, 4 * count);
    for (let index = 0; index < count; index++) {
      // The lowest bit of an entry ends its chain.
      if ((entries.word(4 * index) & 1) === 1) return symbol + index;
    }
  }
  throw new RangeError('a chain has no end');
}
