/** Bytes: PATH_MAX. Only a damaged file has more. */
export const longestText = 4096;

/** Numbers in a piece of an ELF file, by its class and byte order. Each throws RangeError outside of the piece. */
export class Fields {
  constructor(
    readonly bytes: Buffer,
    readonly bits: 32 | 64,
    readonly littleEndian: boolean,
  ) {}

  half(at: number): number {
    return this.littleEndian ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
  }

  word(at: number): number {
    return this.littleEndian ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  /** An address, offset or size: 4 bytes in one class, 8 in the other. */
  native(at: number): number {
    if (this.bits === 32) return this.word(at);
    const value = this.littleEndian
      ? this.bytes.readBigUInt64LE(at)
      : this.bytes.readBigUInt64BE(at);
    return Number(value); // beyond 2^53 only in a damaged file; a range check will fail
  }

  /** Up to the next zero byte, or so much of it as a name or a path can be long. */
  text(at: number): string {
    const piece = this.bytes.subarray(at, at + longestText);
    const end = piece.indexOf(0);
    return piece.toString('latin1', 0, end < 0 ? piece.length : end);
  }
}
