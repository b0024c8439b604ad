import { Fields, longestText } from './fields.js';
import { unlessDamaged, type ByteSource } from './source.js';

/** A piece of the file, and where it lies in memory. */
export interface Segment {
  readonly type: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bytes in memory. */
  readonly memorySize: number;
}

/** PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_TLS */
export const segmentTypes = { load: 1, dynamic: 2, interpreter: 3, threadLocal: 7 } as const;

const kinds: Readonly<Record<number, 'executable' | 'shared'>> = { 2: 'executable', 3: 'shared' };

/** An ELF file of either class and byte order. Sources: elf(5), the System V ABI. */
export class ElfReader {
  readonly source: ByteSource;
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_machine`; see `machineName`. */
  readonly machine: number;
  readonly kind: 'executable' | 'shared' | 'other';
  #segments: readonly Segment[] | undefined;

  /** Undefined when the file is no ELF file. */
  static of(source: ByteSource): ElfReader | undefined {
    const smallest = 20; // bytes, up to and with e_machine
    const start = unlessDamaged(() => source.read(0, smallest));
    return start?.readUInt32BE(0) === 0x7f454c46 ? new ElfReader(source, start) : undefined;
  }

  private constructor(source: ByteSource, start: Buffer) {
    this.source = source;
    this.bits = start[4] === 2 ? 64 : 32;
    this.littleEndian = start[5] !== 2;
    const fields = new Fields(start, this.bits, this.littleEndian);
    this.kind = kinds[fields.half(16)] ?? 'other';
    this.machine = fields.half(18);
  }

  /** @throws RangeError when the file ends before */
  fields(start: number, length: number): Fields {
    return new Fields(this.source.read(start, length), this.bits, this.littleEndian);
  }

  /** The whole header. @throws RangeError when the file ends before */
  header(): Fields {
    return this.fields(0, this.bits === 64 ? 64 : 52);
  }

  /** @throws RangeError when the file ends before */
  get segments(): readonly Segment[] {
    this.#segments ??= this.#readSegments();
    return this.#segments;
  }

  segment(type: number): Segment | undefined {
    return this.segments.find((each) => each.type === type);
  }

  /** The dynamic linker it asks for; undefined: a library, or linked statically. */
  get interpreter(): string | undefined {
    const segment = this.segment(segmentTypes.interpreter);
    return segment && this.fields(segment.offset, Math.min(segment.size, longestText)).text(0);
  }

  /** Where in the file what will lie at an address is; undefined: nowhere. */
  offsetOf(address: number): number | undefined {
    const load = this.segments.find(
      (each) =>
        each.type === segmentTypes.load &&
        address >= each.address &&
        address < each.address + each.size,
    );
    return load && address - load.address + load.offset;
  }

  #readSegments(): Segment[] {
    const wide = this.bits === 64;
    const header = this.header();
    const [table, entrySize, count] = [
      header.native(wide ? 32 : 28),
      header.half(wide ? 54 : 42),
      header.half(wide ? 56 : 44),
    ];
    const entries = this.fields(table, entrySize * count);
    return Array.from({ length: count }, (_, index) => {
      const at = index * entrySize;
      return {
        type: entries.word(at),
        offset: entries.native(at + (wide ? 8 : 4)),
        address: entries.native(at + (wide ? 16 : 8)),
        size: entries.native(at + (wide ? 32 : 16)),
        memorySize: entries.native(at + (wide ? 40 : 20)),
      };
    });
  }
}
