import { Dynamic, tags } from './dynamic.js';
import { ElfReader } from './reader.js';
import { unlessDamaged, withFile } from './source.js';

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
  const length = symbolSize * countSymbols(reader, dynamic);
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
  const chains = bucketsAt + 4 * buckets;
  // The lowest bit of an entry ends its chain.
  while ((reader.fields(chains + 4 * (last - firstHashed), 4).word(0) & 1) === 0) last++;
  return last + 1;
}
