import type { ElfReader } from './reader.js';

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

/** @throws RangeError when it is not all in the file */
export function rangeIn(reader: ElfReader, start: number, size: number): Range {
  if (start + size > reader.source.length) throw new RangeError('outside of the file');
  return { start, end: start + size };
}
