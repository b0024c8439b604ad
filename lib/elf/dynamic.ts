import { segmentTypes, type ElfReader } from './reader.js';

/** DT_NEEDED, DT_PLTRELSZ, DT_HASH, … */
export const tags = {
  needed: 1,
  callRelocationsSize: 2,
  hash: 4,
  strings: 5,
  symbols: 6,
  relocationsWithAddend: 7,
  relocationsWithAddendSize: 8,
  stringsSize: 10,
  soname: 14,
  symbolic: 16,
  relocations: 17,
  relocationsSize: 18,
  callRelocationsKind: 20,
  callRelocations: 23,
  flags: 30,
  gnuHash: 0x6ffffef5,
} as const;

/** Entries of one kind; a damaged file shall not fill the memory. */
const mostTexts = 1000;

/** DF_SYMBOLIC, DF_STATIC_TLS */
const flags = { symbolic: 2, staticTls: 16 } as const;

/** What a file tells the dynamic linker. */
export class Dynamic {
  readonly #reader: ElfReader;
  readonly #entries: readonly (readonly [tag: number, value: number])[];

  /** @throws RangeError when the file ends before */
  constructor(reader: ElfReader) {
    this.#reader = reader;
    this.#entries = readEntries(reader);
  }

  value(tag: number): number | undefined {
    return this.#entries.find((entry) => entry[0] === tag)?.[1];
  }

  /** Where in the file the table is that a tag names the address of. */
  offset(tag: number): number | undefined {
    const address = this.value(tag);
    return address === undefined ? undefined : this.#reader.offsetOf(address);
  }

  get soname(): string | undefined {
    return this.#texts(tags.soname)[0];
  }

  /** The libraries it is linked with. */
  get needed(): readonly string[] {
    return this.#texts(tags.needed);
  }

  /** Linked with -Bsymbolic: its own definitions come before those of the process. */
  get isSymbolic(): boolean {
    return this.value(tags.symbolic) !== undefined || this.#hasFlag(flags.symbolic);
  }

  /** Its thread-local variables are at a fixed distance from the thread's pointer: the initial-exec model. */
  get hasStaticTls(): boolean {
    return this.#hasFlag(flags.staticTls);
  }

  #hasFlag(flag: number): boolean {
    return ((this.value(tags.flags) ?? 0) & flag) !== 0;
  }

  #texts(tag: number): string[] {
    const strings = this.offset(tags.strings);
    if (strings === undefined) return [];
    const table = this.#reader.fields(strings, this.value(tags.stringsSize) ?? 0);
    const values = this.#entries.filter((entry) => entry[0] === tag).map(([, value]) => value);
    if (values.length > mostTexts) throw new RangeError('linked with more than there is');
    return values.map((value) => table.text(value));
  }
}

function readEntries(reader: ElfReader): [number, number][] {
  const segment = reader.segment(segmentTypes.dynamic);
  if (segment === undefined) return [];
  const width = reader.bits / 8;
  const table = reader.fields(segment.offset, segment.size);
  const entries: [number, number][] = [];
  for (let at = 0; at + 2 * width <= segment.size; at += 2 * width) {
    const tag = table.native(at);
    if (tag === 0) break;
    entries.push([tag, table.native(at + width)]);
  }
  return entries;
}
