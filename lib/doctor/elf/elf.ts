/**
 * What doctor needs of an ELF file: for whom it was built, what it is linked with, its symbol
 * tables. Both classes and byte orders; a file that contradicts itself is not an ELF file.
 */
export interface Elf {
  readonly bytes: Buffer;
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_machine`; see {@link machineName}. */
  readonly machine: number;
  readonly kind: 'executable' | 'shared' | 'other';
  /** The dynamic loader it asks for; undefined: a library, or linked statically. */
  readonly interpreter: string | undefined;
  readonly soname: string | undefined;
  readonly needed: readonly string[];
  /** Linked with -Bsymbolic: its own definitions come before those of the process. */
  readonly symbolic: boolean;
  readonly symbolTables: readonly SymbolTable[];
  readonly relocationTables: readonly RelocationTable[];
  /** File offset 0 of this address is where the library was mapped. */
  readonly firstAddress: number;
}

export interface SymbolTable {
  /** Dynamic: what the dynamic linker sees. Static: for debuggers, absent in a stripped file. */
  readonly dynamic: boolean;
  readonly symbols: Range;
  readonly strings: Range;
}

export interface RelocationTable {
  readonly range: Range;
  readonly withAddend: boolean;
}

/** Bytes of the file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/** As Node spells it in process.arch. */
export function machineName(machine: number): string {
  return machines[machine] ?? `machine ${String(machine)}`;
}

/** Undefined when the bytes are no ELF file, or a damaged one. */
export function parseElf(bytes: Buffer): Elf | undefined {
  if (bytes.length < 52 || bytes.readUInt32BE(0) !== 0x7f454c46) return undefined;
  try {
    return parse(new Reader(bytes));
  } catch (error) {
    // Buffer's own check of bounds: an offset in the file points outside of it. Not instanceof:
    // errors of Buffer belong to Node's realm, which need not be ours.
    if ((error as Error).name === 'RangeError') return undefined;
    throw error;
  }
}

/** Reads fields by the file's class and byte order. */
class Reader {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;

  constructor(readonly bytes: Buffer) {
    this.bits = bytes[4] === 2 ? 64 : 32;
    this.littleEndian = bytes[5] !== 2;
  }

  half(offset: number): number {
    return this.littleEndian ? this.bytes.readUInt16LE(offset) : this.bytes.readUInt16BE(offset);
  }

  word(offset: number): number {
    return this.littleEndian ? this.bytes.readUInt32LE(offset) : this.bytes.readUInt32BE(offset);
  }

  /** An address, offset or size: 4 bytes in one class, 8 in the other. */
  native(offset: number): number {
    if (this.bits === 32) return this.word(offset);
    const value = this.littleEndian
      ? this.bytes.readBigUInt64LE(offset)
      : this.bytes.readBigUInt64BE(offset);
    return Number(value); // beyond 2^53 only in a damaged file; a range check will fail
  }

  text(offset: number): string {
    const end = this.bytes.indexOf(0, offset);
    return this.bytes.toString('latin1', offset, end < 0 ? this.bytes.length : end);
  }

  /** @throws RangeError, as reading there would */
  range(start: number, size: number): Range {
    if (start + size > this.bytes.length) throw new RangeError('outside of the file');
    return { start, end: start + size };
  }
}

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

function parse(reader: Reader): Elf {
  const { bytes, bits, littleEndian } = reader;
  const type = reader.half(16);
  const segments = readSegments(reader);
  const interpreter = segments.find((segment) => segment.type === 3); // PT_INTERP
  const dynamic = readDynamic(reader, segments);
  const sections = readSections(reader);
  return {
    bytes,
    bits,
    littleEndian,
    machine: reader.half(18),
    kind: type === 2 ? 'executable' : type === 3 ? 'shared' : 'other', // ET_EXEC, ET_DYN
    interpreter: interpreter === undefined ? undefined : reader.text(interpreter.offset),
    ...dynamic,
    ...sections,
    firstAddress: Math.min(
      ...segments.filter(({ type }) => type === 1).map((load) => load.address - load.offset),
    ),
  };
}

function readSegments(reader: Reader): Segment[] {
  const wide = reader.bits === 64;
  const table = reader.native(wide ? 32 : 28);
  const entrySize = reader.half(wide ? 54 : 42);
  const count = reader.half(wide ? 56 : 44);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * entrySize;
    return {
      type: reader.word(at),
      offset: reader.native(at + (wide ? 8 : 4)),
      address: reader.native(at + (wide ? 16 : 8)),
      size: reader.native(at + (wide ? 32 : 16)),
    };
  });
}

function readDynamic(
  reader: Reader,
  segments: readonly Segment[],
): Pick<Elf, 'soname' | 'needed' | 'symbolic'> {
  const entries = dynamicEntries(reader, segments);
  const stringsAddress = entries.find(([tag]) => tag === 5)?.[1]; // DT_STRTAB
  const load = segments.find(
    ({ type, address, size }) =>
      type === 1 &&
      stringsAddress !== undefined &&
      stringsAddress >= address &&
      stringsAddress < address + size,
  );
  if (stringsAddress === undefined || load === undefined) {
    return { soname: undefined, needed: [], symbolic: false };
  }
  const strings = stringsAddress - load.address + load.offset;
  const texts = (wanted: number) =>
    entries.filter(([tag]) => tag === wanted).map(([, value]) => reader.text(strings + value));
  return {
    soname: texts(14)[0], // DT_SONAME
    needed: texts(1), // DT_NEEDED
    // DT_SYMBOLIC, and DF_SYMBOLIC in DT_FLAGS
    symbolic: entries.some(([tag, value]) => tag === 16 || (tag === 30 && (value & 2) !== 0)),
  };
}

function dynamicEntries(reader: Reader, segments: readonly Segment[]): [number, number][] {
  const segment = segments.find(({ type }) => type === 2); // PT_DYNAMIC
  if (segment === undefined) return [];
  const width = reader.bits / 8;
  const entries: [number, number][] = [];
  for (let at = segment.offset; at < segment.offset + segment.size; at += 2 * width) {
    const tag = reader.native(at);
    if (tag === 0) break;
    entries.push([tag, reader.native(at + width)]);
  }
  return entries;
}

/** Files without section headers run, too; they come from packers and have no symbols to show. */
function readSections(reader: Reader): Pick<Elf, 'symbolTables' | 'relocationTables'> {
  const wide = reader.bits === 64;
  const table = reader.native(wide ? 40 : 32);
  const entrySize = reader.half(wide ? 58 : 46);
  const count = table === 0 ? 0 : reader.half(wide ? 60 : 48);
  const section = (index: number) => {
    const at = table + index * entrySize;
    const offset = reader.native(at + (wide ? 24 : 16));
    return {
      type: reader.word(at + 4),
      range: () => reader.range(offset, reader.native(at + (wide ? 32 : 20))),
      link: reader.word(at + (wide ? 40 : 24)),
    };
  };
  const all = Array.from({ length: count }, (_, index) => section(index));
  return {
    // SHT_SYMTAB, SHT_DYNSYM
    symbolTables: all
      .filter(({ type, link }) => (type === 2 || type === 11) && link < count)
      .map(({ type, range, link }) => ({
        dynamic: type === 11,
        symbols: range(),
        strings: section(link).range(),
      })),
    // SHT_RELA, SHT_REL
    relocationTables: all
      .filter(({ type }) => type === 4 || type === 9)
      .map(({ type, range }) => ({ range: range(), withAddend: type === 4 })),
  };
}
