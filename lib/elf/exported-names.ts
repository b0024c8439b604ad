import { Dynamic, tags } from './dynamic.js';
import { ElfReader } from './reader.js';
import { unlessDamaged, withFile } from './source.js';

/** More than any library has: a damaged file shall not keep us busy. */
const mostSymbols = 2 ** 22;
/** Entries of a hash chain that are read at once. */
const chainPiece = 1024;
/** Bytes of an entry, ELFCLASS64. */
const symbolSize = 24;
/** STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE. */
const globalBindings: ReadonlySet<number> = new Set([1, 2, 10]);
/** STV_DEFAULT, STV_PROTECTED. */
const visible: ReadonlySet<number> = new Set([0, 3]);

/**
 * The names that a library defines for others, as the dynamic linker finds them: by PT_DYNAMIC, so
 * that a file stripped of its section headers has them too. Reads the tables only, and loads nothing.
 * @returns empty for what is no 64-bit ELF file, is linked statically or contradicts itself
 * @throws what the file system throws
 */
export function exportedNames(file: string): Set<string> {
  return withFile(
    file,
    (source) =>
      unlessDamaged(() => {
        const reader = ElfReader.of(source);
        return reader?.bits === 64 ? read(reader) : undefined;
      }) ?? new Set(),
  );
}

function read(reader: ElfReader): Set<string> {
  const names = new Set<string>();
  const dynamic = new Dynamic(reader);
  const [symbolsAt, stringsAt] = [dynamic.offset(tags.symbols), dynamic.offset(tags.strings)];
  if (symbolsAt === undefined || stringsAt === undefined) return names;
  const strings = reader.fields(stringsAt, dynamic.value(tags.stringsSize) ?? 0).bytes;
  const count = countSymbols(reader, dynamic);
  if (count > mostSymbols) throw new RangeError('too many symbols');
  const length = symbolSize * count;
  const symbols = reader.fields(symbolsAt, length);
  for (let at = 0; at < length; at += symbolSize) {
    const info = symbols.bytes.readUInt8(at + 4);
    const other = symbols.bytes.readUInt8(at + 5);
    if (symbols.half(at + 6) === 0) continue; // SHN_UNDEF: imported
    if (!globalBindings.has(info >> 4) || !visible.has(other & 3)) continue;
    const name = symbols.word(at);
    const end = strings.indexOf(0, name);
    if (name !== 0 && end > name) names.add(strings.toString('latin1', name, end));
  }
  return names;
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
  const bucketsAt = at + 16 + 8 * bloomWords;
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
