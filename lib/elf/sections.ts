import type { ElfReader } from './reader.js';
import { rangeIn, type RelocationTable, type SymbolTable } from './tables.js';

/** SHT_SYMTAB, SHT_RELA, SHT_REL, SHT_DYNSYM */
const types = { symbols: 2, relocationsWithAddend: 4, relocations: 9, dynamicSymbols: 11 } as const;

export interface Sections {
  readonly symbolTables: readonly SymbolTable[];
  readonly relocationTables: readonly RelocationTable[];
}

/**
 * The tables that the section headers name: none in a file that was stripped of them, which runs as well.
 * @throws RangeError when a table lies outside of the file
 */
export function readSections(reader: ElfReader): Sections {
  const all = headers(reader);
  const rangeOf = ({ offset, size }: SectionHeader) => rangeIn(reader, offset, size);
  return {
    symbolTables: all
      .filter(({ type }) => type === types.symbols || type === types.dynamicSymbols)
      .flatMap((section) => {
        const strings = all[section.link];
        return strings === undefined
          ? []
          : {
              dynamic: section.type === types.dynamicSymbols,
              symbols: rangeOf(section),
              strings: rangeOf(strings),
            };
      }),
    relocationTables: all
      .filter(({ type }) => type === types.relocationsWithAddend || type === types.relocations)
      .map((section) => ({
        range: rangeOf(section),
        withAddend: section.type === types.relocationsWithAddend,
      })),
  };
}

interface SectionHeader {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

function headers(reader: ElfReader): SectionHeader[] {
  const wide = reader.bits === 64;
  const header = reader.header();
  const table = header.native(wide ? 40 : 32);
  if (table === 0) return [];
  const [entrySize, count] = [header.half(wide ? 58 : 46), header.half(wide ? 60 : 48)];
  const entries = reader.fields(table, entrySize * count);
  return Array.from({ length: count }, (_, index) => {
    const at = index * entrySize;
    return {
      type: entries.word(at + 4),
      offset: entries.native(at + (wide ? 24 : 16)),
      size: entries.native(at + (wide ? 32 : 20)),
      link: entries.word(at + (wide ? 40 : 24)),
    };
  });
}
