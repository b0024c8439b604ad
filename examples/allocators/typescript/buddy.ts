/**
 * Which units of a region are free, as a buddy system: blocks of 2^order units that start at a multiple of
 * their length. Pure arithmetic on typed arrays, no memory of its own is touched. Each function takes at most one
 * step for each order.
 */
export class Buddy {
  readonly #orders: number;
  /** For each unit: 0, or 1 + the order of the free block that starts here. */
  readonly #free: Uint8Array;
  /** A list of free blocks for each order; `none` ends it. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** @param orders the whole region is one block of the order `orders` - 1 */
  constructor(orders: number) {
    const units = 2 ** (orders - 1);
    this.#orders = orders;
    this.#free = new Uint8Array(units);
    this.#first = new Int32Array(orders).fill(none);
    this.#next = new Int32Array(units);
    this.#previous = new Int32Array(units);
    this.#add(0, orders - 1);
  }

  /** @returns the first unit of a block, or -1 when there is none */
  take(order: number): number {
    let found = order;
    while (found < this.#orders && this.#head(found) === none) found++;
    if (found >= this.#orders) return -1;
    const unit = this.#head(found);
    this.#remove(unit, found);
    this.shrink(unit, found, order);
    return unit;
  }

  give(unit: number, order: number): void {
    while (order < this.#orders - 1) {
      const buddy = unit ^ (1 << order);
      if (!this.#isFree(buddy, order)) break;
      this.#remove(buddy, order);
      unit &= ~(1 << order);
      order++;
    }
    this.#add(unit, order);
  }

  /** Takes the free memory behind a block into it. False: it starts at the wrong place, or the memory is in use. */
  grow(unit: number, order: number, wanted: number): boolean {
    for (let each = order; each < wanted; each++) {
      if ((unit & (1 << each)) !== 0 || !this.#isFree(unit + (1 << each), each)) return false;
    }
    for (let each = order; each < wanted; each++) this.#remove(unit + (1 << each), each);
    return true;
  }

  /** Frees what a block has beyond the order `wanted`. */
  shrink(unit: number, order: number, wanted: number): void {
    for (let each = order - 1; each >= wanted; each--) this.#add(unit + (1 << each), each);
  }

  #head(order: number): number {
    return this.#first[order] ?? none;
  }

  #isFree(unit: number, order: number): boolean {
    return this.#free[unit] === order + 1;
  }

  #add(unit: number, order: number): void {
    const next = this.#head(order);
    if (next !== none) this.#previous[next] = unit;
    this.#next[unit] = next;
    this.#previous[unit] = none;
    this.#first[order] = unit;
    this.#free[unit] = order + 1;
  }

  #remove(unit: number, order: number): void {
    const next = this.#next[unit] ?? none;
    const previous = this.#previous[unit] ?? none;
    if (next !== none) this.#previous[next] = previous;
    if (previous !== none) this.#next[previous] = next;
    else this.#first[order] = next;
    this.#free[unit] = 0;
  }
}

const none = -1;
