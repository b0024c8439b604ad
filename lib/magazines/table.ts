import { granule, sizeClasses } from './size-classes.js';

/** Numbers in `rows` for each magazine; `Row` in native/binding/magazines.cc. */
export const rowLength = 4;
/** Where in a row: one past the newest block, the oldest block, one past the last usable slot, bytes a block. */
export const [top, bottom, end, size] = [0, 1, 2, 3] as const;

/** No magazine ever holds more, in blocks and in bytes (but one block always fits). */
const deepest = { blocks: 2048, bytes: 256 * 1024 };

/**
 * The magazines of one cached allocator, one per size class: stacks of the addresses of free blocks,
 * shared with native code, which fills and empties them in batches.
 *
 * Invariants of a row: bottom <= top <= end, except for the moment in which a single block passes
 * through a magazine of no depth. end - bottom is the depth, which adapts; the room is what
 * `deepest` allows and never moves.
 */
export interface Table {
  /** Addresses; the blocks of a magazine are `slots[bottom]` to `slots[top - 1]`. */
  readonly slots: Float64Array;
  /** `rowLength` numbers a magazine. A row is named by the index of its first. */
  readonly rows: Int32Array;
  /** The row for a size: at `(size + 15) >> 4`, up to `largest`. */
  readonly rowOf: Uint8Array;
  /** Bytes: larger sizes have no magazine. */
  readonly largest: number;
}

/** @param usableSize, largest: see {@link sizeClasses} */
export function makeTable(
  usableSize: (size: number, align: number) => number,
  largest: number,
): Table {
  const sizes = sizeClasses(usableSize, largest);
  const rows = new Int32Array(sizes.length * rowLength);
  const last = sizes.at(-1) ?? 0;
  const rowOf = new Uint8Array(last / granule + 1);
  let room = 0;
  let from = 0;
  for (const [index, bytes] of sizes.entries()) {
    const row = index * rowLength;
    rows.set([room, room, room, bytes], row);
    rowOf.fill(row, from, bytes / granule + 1);
    from = bytes / granule + 1;
    room += deepestOf(bytes);
  }
  // Address space only, until it is used: the pages of a fresh array are not touched.
  return { slots: new Float64Array(room), rows, rowOf, largest: last };
}

/** How many blocks of a size a magazine has room for. */
export function deepestOf(bytes: number): number {
  return Math.max(1, Math.min(deepest.blocks, Math.floor(deepest.bytes / bytes)));
}

/** The blocks and bytes that the magazines hold now. O(classes). */
export function held({ rows }: Table): { blocks: number; bytes: number } {
  let [blocks, bytes] = [0, 0];
  for (let row = 0; row < rows.length; row += rowLength) {
    const count = at(rows, row + top) - at(rows, row + bottom);
    blocks += count;
    bytes += count * at(rows, row + size);
  }
  return { blocks, bytes };
}

/** An element that is known to exist. */
export function at(array: Int32Array | Float64Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}
