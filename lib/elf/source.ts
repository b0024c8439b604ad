import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes: what a damaged file can make us read at once. */
const largestTable = 2 ** 28;

/** The bytes of a file: all of them in memory, or on the disk, of which only what is asked for is read. */
export interface ByteSource {
  readonly length: number;
  /** @throws RangeError when the file ends before */
  read(start: number, length: number): Buffer;
}

/** Bytes that are there already. */
export function inMemory(bytes: Buffer): ByteSource {
  return {
    length: bytes.length,
    read(start, length) {
      if (!(start >= 0 && start + length <= bytes.length)) throw outside();
      return bytes.subarray(start, start + length);
    },
  };
}

/**
 * Opens a file for as long as `use` takes.
 * @throws what the file system throws
 */
export function withFile<T>(file: string, use: (source: ByteSource) => T): T {
  const fd = openSync(file, 'r');
  try {
    return use(onDisk(fd));
  } finally {
    closeSync(fd);
  }
}

/** @returns undefined when the file contradicts itself: an offset in it points outside of it */
export function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // Not instanceof: errors of Buffer belong to Node's realm, which need not be ours.
    if ((error as Error).name === 'RangeError') return undefined;
    throw error;
  }
}

function onDisk(fd: number): ByteSource {
  return {
    length: fstatSync(fd).size,
    read(start, length) {
      // Not by the length: what is no regular file has none, and its error shall be seen.
      if (!Number.isSafeInteger(start) || length > largestTable) throw outside();
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(fd, bytes, filled, length - filled, start + filled);
        if (count === 0) throw outside();
        filled += count;
      }
      return bytes;
    },
  };
}

function outside(): RangeError {
  return new RangeError('outside of the file');
}
