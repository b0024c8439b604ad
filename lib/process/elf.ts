import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What the header of an ELF file says. Sources: elf(5), the System V ABI. */
export interface ElfHeader {
  readonly bits: 32 | 64;
  /** `e_machine`: 62 is x86-64, 183 AArch64, … */
  readonly machine: number;
  /** The dynamic linker it names; null: statically linked, or a library. */
  readonly interpreter: string | null;
  /** Whether the file holds all that its segments say it does. */
  readonly complete: boolean;
}

const magic = 0x7f454c46;
const loadSegment = 1;
const interpreterSegment = 3;

/**
 * Reads the header and the program headers: a few hundred bytes, whatever the size.
 * @returns null when the file is no ELF file; `complete` is false when it ends too early
 */
export function readElf(file: string): ElfHeader | null {
  const fd = openSync(file, 'r');
  try {
    const start = readAt(fd, 0, 64);
    if (start.length < 20 || start.readUInt32BE(0) !== magic) return null;
    const bits = start[4] === 2 ? 64 : 32;
    const little = start[5] !== 2;
    const u16 = (from: Buffer, at: number) =>
      little ? from.readUInt16LE(at) : from.readUInt16BE(at);
    const u32 = (from: Buffer, at: number) =>
      little ? from.readUInt32LE(at) : from.readUInt32BE(at);
    const u64 = (from: Buffer, at: number) =>
      Number(little ? from.readBigUInt64LE(at) : from.readBigUInt64BE(at));
    const machine = u16(start, 18);
    const none = { bits, machine, interpreter: null, complete: false } as const;
    // The layout of what follows differs; only libraries and programs of 64 bits are ever used.
    if (bits === 32) return { ...none, complete: true };
    if (start.length < 64) return none;
    const [offset, size, count] = [u64(start, 32), u16(start, 54), u16(start, 56)];
    const table = readAt(fd, offset, size * count);
    if (size < 56 || table.length < size * count) return none;

    const length = fstatSync(fd).size;
    let interpreter: string | null = null;
    let complete = true;
    for (let index = 0; index < count; index++) {
      const entry = table.subarray(index * size);
      const [type, at, bytes] = [u32(entry, 0), u64(entry, 8), u64(entry, 32)];
      if (type === loadSegment && at + bytes > length) complete = false;
      if (type === interpreterSegment) {
        interpreter = readAt(fd, at, Math.min(bytes, 4096)).toString('utf8').replace(/\0.*$/s, '');
      }
    }
    return { bits, machine, interpreter, complete };
  } finally {
    closeSync(fd);
  }
}

/** Up to `length` bytes; fewer when the file ends. */
function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(Math.min(length, 65_536));
  return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, position));
}
