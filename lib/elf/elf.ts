import { Dynamic } from './dynamic.js';
import { dynamicRelocations, dynamicSymbols } from './dynamic-tables.js';
import { ElfReader, segmentTypes } from './reader.js';
import { readSections, type Sections } from './sections.js';
import { inMemory, unlessDamaged } from './source.js';

/**
 * All that is known of an ELF file: for whom it was built, what it is linked with, its symbol
 * tables. Both classes and byte orders; a file that contradicts itself is not an ELF file.
 */
export interface Elf extends Sections {
  readonly bytes: Buffer;
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_machine`; see `machineName`. */
  readonly machine: number;
  readonly kind: 'executable' | 'shared' | 'other';
  /** The dynamic linker it asks for; undefined: a library, or linked statically. */
  readonly interpreter: string | undefined;
  readonly soname: string | undefined;
  readonly needed: readonly string[];
  /** Linked with -Bsymbolic: its own definitions come before those of the process. */
  readonly symbolic: boolean;
  /** File offset 0 of this address is where the library was mapped. */
  readonly firstAddress: number;
}

/** Undefined when the bytes are no ELF file, or a damaged one. */
export function parseElf(bytes: Buffer): Elf | undefined {
  return unlessDamaged(() => {
    const reader = ElfReader.of(inMemory(bytes));
    return reader && describe(reader, bytes);
  });
}

function describe(reader: ElfReader, bytes: Buffer): Elf {
  const { bits, littleEndian, machine, kind, interpreter, segments } = reader;
  const dynamic = new Dynamic(reader);
  const { soname, needed, isSymbolic } = dynamic;
  const loads = segments.filter(({ type }) => type === segmentTypes.load);
  return {
    ...{ bytes, bits, littleEndian, machine, kind, interpreter },
    ...{ soname, needed, symbolic: isSymbolic },
    ...tables(reader, dynamic),
    firstAddress: Math.min(...loads.map((load) => load.address - load.offset)),
  };
}

function tables(reader: ElfReader, dynamic: Dynamic): Sections {
  const sections = readSections(reader);
  if (sections.symbolTables.some((table) => table.dynamic)) return sections;
  const symbols = dynamicSymbols(reader, dynamic);
  return {
    symbolTables:
      symbols === undefined ? sections.symbolTables : [...sections.symbolTables, symbols],
    relocationTables: dynamicRelocations(reader, dynamic),
  };
}
