import { Dynamic } from './dynamic.js';
import { dynamicSymbols } from './dynamic-tables.js';
import type { Fields } from './fields.js';
import { ElfReader } from './reader.js';
import { unlessDamaged, withFile } from './source.js';
import type { Range } from './tables.js';

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
        return reader?.bits === 64 ? namesIn(reader) : undefined;
      }) ?? new Set(),
  );
}

function namesIn(reader: ElfReader): Set<string> {
  const names = new Set<string>();
  const table = dynamicSymbols(reader, new Dynamic(reader));
  if (table === undefined) return names;
  const strings = read(reader, table.strings).bytes;
  const symbols = read(reader, table.symbols);
  const { length } = symbols.bytes;
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

function read(reader: ElfReader, { start, end }: Range): Fields {
  return reader.fields(start, end - start);
}
