import { Region } from './region.js';
import type { Run } from './run.js';
import { minRunSize } from './size-classes.js';
import type { OwnedMemory } from '../blocks/owned-memory.js';

/**
 * A block of the backend that runs are cut from: a buddy system, in which a piece of 2^k units is
 * split in halves until it fits, and halves that are both free become one again.
 */
export class Slab extends Region {
  /** Runs in use, by the unit they start at. */
  readonly runs = new Map<number, Run>();
  /** Bytes that are in no run. */
  free: number;
  /** The starts of the free pieces, in units, by the logarithm of their length in units. */
  readonly #pieces: number[][];
  /** Bit k: there is a free piece of 2^k units. */
  #available = 0;

  constructor(memory: OwnedMemory) {
    super(memory);
    this.free = memory.size;
    const top = logarithm(memory.size);
    this.#pieces = Array.from({ length: top + 1 }, () => []);
    this.#put(0, top);
  }

  get isEmpty(): boolean {
    return this.runs.size === 0;
  }

  /**
   * @param runSize bytes, a power of two from {@link minRunSize} to the slab's size
   * @returns bytes of the smallest free piece that has room for it; 0 when none has. O(1)
   */
  pieceFor(runSize: number): number {
    return lowestBit(this.#fitting(logarithm(runSize))) * minRunSize;
  }

  /** The bits of `#available` for pieces that are large enough. */
  #fitting(order: number): number {
    return (this.#available >> order) << order;
  }

  /**
   * Takes a piece out, of which `pieceFor` has said that it is there. O(log units)
   * @param make is told the offset in bytes
   */
  take(runSize: number, make: (offset: number) => Run): Run {
    const wanted = logarithm(runSize);
    let order = 31 - Math.clz32(lowestBit(this.#fitting(wanted)));
    const unit = this.#pieces[order]?.pop() ?? 0;
    if (this.#pieces[order]?.length === 0) this.#available &= ~(1 << order);
    while (order > wanted) {
      order -= 1;
      this.#put(unit + 2 ** order, order);
    }
    this.free -= runSize;
    const run = make(unit * minRunSize);
    this.runs.set(unit, run);
    return run;
  }

  /** Takes a run back. O(units) at worst, for looking for the other half. */
  give(run: Run, runSize: number): void {
    let unit = run.offset / minRunSize;
    let order = logarithm(runSize);
    this.runs.delete(unit);
    this.free += runSize;
    while (order < this.#pieces.length - 1 && this.#remove(unit ^ (1 << order), order)) {
      unit &= ~(1 << order);
      order += 1;
    }
    this.#put(unit, order);
  }

  #put(unit: number, order: number): void {
    this.#pieces[order]?.push(unit);
    this.#available |= 1 << order;
  }

  #remove(unit: number, order: number): boolean {
    const pieces = this.#pieces[order] ?? [];
    const at = pieces.indexOf(unit);
    if (at === -1) return false;
    const last = pieces.pop() ?? 0;
    if (at < pieces.length) pieces[at] = last;
    if (pieces.length === 0) this.#available &= ~(1 << order);
    return true;
  }
}

function lowestBit(bits: number): number {
  return bits & -bits;
}

function logarithm(bytes: number): number {
  return 31 - Math.clz32(bytes / minRunSize);
}
