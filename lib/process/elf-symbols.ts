import { closeSync, openSync, readSync } from 'node:fs';

/** Where tables lie in a 64-bit file: all offsets of elf(5) that are needed, for ELFCLASS64 only. */
const loadSegment = 1;
const dynamicSegment = 2;
const tags = { hash: 4, strings: 5, symbols: 6, stringsSize: 10, gnuHash: 0x6ffffef5 } as const;
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
export function dynamicSymbols(file: string): Set<string> {
  const fd = openSync(file, 'r');
  try {
    return read(new Reader(fd));
  } catch (error) {
    // Buffer's own check of bounds: an offset in the file points outside of it. Not instanceof:
    // errors of Buffer belong to Node's realm, which need not be ours.
    if ((error as Error).name === 'RangeError') return new Set();
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Numbers in the byte order of the file. */
class Reader {
  readonly start: Buffer;
  readonly #little: boolean;

  constructor(readonly fd: number) {
    this.start = readAt(fd, 0, 64);
    this.#little = this.start[5] !== 2;
  }

  /** @throws RangeError when the file ends before */
  bytes(position: number, length: number): Buffer {
    if (!Number.isSafeInteger(position) || length > 1 << 30) throw new RangeError('no such place');
    const bytes = readAt(this.fd, position, length);
    if (bytes.length < length) throw new RangeError('outside of the file');
    return bytes;
  }

  u16(from: Buffer, at: number): number {
    return this.#little ? from.readUInt16LE(at) : from.readUInt16BE(at);
  }

  u32(from: Buffer, at: number): number {
    return this.#little ? from.readUInt32LE(at) : from.readUInt32BE(at);
  }

  u64(from: Buffer, at: number): number {
    return Number(this.#little ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
  }
}

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

function read(reader: Reader): Set<string> {
  const names = new Set<string>();
  if (reader.start.length < 64 || reader.start.readUInt32BE(0) !== 0x7f454c46) return names;
  if (reader.start[4] !== 2) return names;
  const segments = readSegments(reader);
  const entries = readDynamic(reader, segments);
  const place = (tag: number) => fileOffset(segments, entries.get(tag));
  const [symbolsAt, stringsAt] = [place(tags.symbols), place(tags.strings)];
  if (symbolsAt === undefined || stringsAt === undefined) return names;
  const strings = reader.bytes(stringsAt, entries.get(tags.stringsSize) ?? 0);
  const count =
    countByHash(reader, place(tags.hash)) ?? countByGnuHash(reader, place(tags.gnuHash));
  const symbols = reader.bytes(symbolsAt, (count ?? 0) * symbolSize);
  for (let at = 0; at < symbols.length; at += symbolSize) {
    const info = symbols.readUInt8(at + 4);
    const other = symbols.readUInt8(at + 5);
    if (reader.u16(symbols, at + 6) === 0) continue; // SHN_UNDEF: imported
    if (!globalBindings.has(info >> 4) || !visible.has(other & 3)) continue;
    const name = reader.u32(symbols, at);
    const end = strings.indexOf(0, name);
    if (name !== 0 && end > name) names.add(strings.toString('latin1', name, end));
  }
  return names;
}

function readSegments(reader: Reader): Segment[] {
  const [table, entrySize, count] = [
    reader.u64(reader.start, 32),
    reader.u16(reader.start, 54),
    reader.u16(reader.start, 56),
  ];
  const bytes = reader.bytes(table, entrySize * count);
  return Array.from({ length: count }, (_, index) => {
    const at = index * entrySize;
    return {
      type: reader.u32(bytes, at),
      offset: reader.u64(bytes, at + 8),
      address: reader.u64(bytes, at + 16),
      size: reader.u64(bytes, at + 32),
    };
  });
}

/** The values by tag. */
function readDynamic(reader: Reader, segments: readonly Segment[]): Map<number, number> {
  const entries = new Map<number, number>();
  const segment = segments.find(({ type }) => type === dynamicSegment);
  if (segment === undefined) return entries;
  const bytes = reader.bytes(segment.offset, segment.size);
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const tag = reader.u64(bytes, at);
    if (tag === 0) break;
    entries.set(tag, reader.u64(bytes, at + 8));
  }
  return entries;
}

function fileOffset(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  const load = segments.find(
    (each) =>
      each.type === loadSegment && address >= each.address && address < each.address + each.size,
  );
  return load === undefined ? undefined : address - load.address + load.offset;
}

/** The number of symbols stands in no table of its own; DT_HASH has a chain entry for each. */
function countByHash(reader: Reader, at: number | undefined): number | undefined {
  return at === undefined ? undefined : reader.u32(reader.bytes(at, 8), 4);
}

/**
 * DT_GNU_HASH: the last symbol is the end of the chain that starts highest. Without any chain only
 * the symbols below the first hashed one exist, and those are imports.
 */
function countByGnuHash(reader: Reader, at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const header = reader.bytes(at, 16);
  const [buckets, firstHashed, bloomWords] = [0, 4, 8].map((place) =>
    reader.u32(header, place),
  ) as [number, number, number];
  const bucketsAt = at + 16 + 8 * bloomWords;
  const table = reader.bytes(bucketsAt, 4 * buckets);
  let last = 0;
  for (let index = 0; index < buckets; index++) last = Math.max(last, reader.u32(table, 4 * index));
  if (last < firstHashed) return firstHashed;
  const chains = bucketsAt + 4 * buckets;
  // The lowest bit of an entry ends its chain.
  while ((reader.u32(reader.bytes(chains + 4 * (last - firstHashed), 4), 0) & 1) === 0) last++;
  return last + 1;
}

/** Up to `length` bytes; fewer when the file ends. */
function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(fd, buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
