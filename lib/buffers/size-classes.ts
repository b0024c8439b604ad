/** Bytes: every slot starts at a multiple of the first, one of more than 1 KiB of the second. */
const granule = 16;
const lineGranule = 64;
/** Bytes: up to here classes are listed in a table, above they follow from a division. */
const small = 1024;
/** Bytes of the smallest run, the piece of a slab that serves one class. */
export const minRunSize = 16 * 1024;
/** Slots that a run of a large class holds at least, as far as the slab is large enough, and at most. */
const minSlots = 8;
const mostSlots = 15;
/** Keys to a doubling of the size. */
const steps = 16;

/** What the slots of one class are. */
export interface ClassShape {
  /** Bytes of a slot. */
  readonly size: number;
  /** Bytes of a run: a power of two. */
  readonly runSize: number;
  /** Slots of a run. */
  readonly slots: number;
}

/**
 * The size classes of a pool, and which of them serves a size.
 *
 * Up to 1 KiB: multiples of 16, at most eight to a doubling, in runs of 16 KiB. Above: the sizes
 * that divide a run of 8 to 15 slots without a rest, so that what is lost is inside the slots only:
 * an eighth of a buffer at most, 5% on average. In runs that are as large as the slab there are fewer slots, and
 * steps up to a quarter with the usual `maxSize`.
 */
export class SizeClasses {
  readonly shapes: readonly ClassShape[];
  /** Class by (size + 15) / 16. */
  readonly #small: Uint8Array;
  /** By what `keyOf` makes of a size: the class of the smallest size with that key, and the size of that class. */
  readonly #first: Uint8Array;
  readonly #bound: Int32Array;

  /**
   * @param maxSize bytes: the largest size to serve; at most `slabSize`
   * @param slabSize bytes: a power of two, at least 64 KiB
   */
  constructor(maxSize: number, slabSize: number) {
    const shapes: ClassShape[] = smallShapes(Math.min(maxSize, small));
    this.#small = new Uint8Array(small / granule + 1);
    for (let index = 0, units = 0; units < this.#small.length; units++) {
      while (index < shapes.length - 1 && (shapes[index]?.size ?? 0) < units * granule) index += 1;
      this.#small[units] = index;
    }
    for (let size = small + 1; size <= maxSize; size = (shapes.at(-1)?.size ?? 0) + 1) {
      shapes.push(largeShape(size, slabSize));
    }
    this.shapes = shapes;
    this.#first = new Uint8Array(32 * steps);
    this.#bound = new Int32Array(32 * steps).fill(2 ** 31 - 1);
    for (let key = keyOf(small); key <= keyOf(maxSize); key++) {
      const size = smallestWith(key);
      const index = shapes.findIndex((shape) => isFor(shape, size, slabSize));
      this.#first[key] = index;
      this.#bound[key] = shapes[index]?.size ?? 0;
    }
  }

  /** @param size bytes, an integer from 0 to the largest that is served; O(1) */
  indexOf(size: number): number {
    if (size <= small) return this.#small[(size + granule - 1) >> 4] ?? 0;
    const key = keyOf(size);
    const first = this.#first[key] ?? 0;
    return size > (this.#bound[key] ?? 0) ? first + 1 : first;
  }
}

/** The class for a size that no smaller one serves: the most slots, 15 at most, of the run for that size. */
function largeShape(size: number, slabSize: number): ClassShape {
  const rounded = (size + lineGranule - 1) & -lineGranule;
  const above = 2 ** (32 - Math.clz32(rounded));
  const runSize = Math.min(Math.max(minSlots * above, minRunSize), slabSize);
  const slots = Math.min(Math.floor(runSize / rounded), mostSlots);
  return { size: multipleBelow(runSize / slots, lineGranule), runSize, slots };
}

/**
 * Sizes of one key are a sixteenth of a power of two apart at most: as classes of 8 to 15 slots are further
 * from each other, a key has sizes of two classes at most. A division would tell the class at once, and take longer than
 * all the rest of an allocation that hits.
 */
function keyOf(size: number): number {
  const power = 32 - Math.clz32(size);
  return power * steps + ((size >> (power - 5)) & (steps - 1));
}

function smallestWith(key: number): number {
  const power = Math.floor(key / steps);
  return 2 ** (power - 1) + (key % steps) * 2 ** (power - 5);
}

function smallShapes(largest: number): ClassShape[] {
  const shapes: ClassShape[] = [];
  for (let size = granule, step = granule; shapes.length === 0 || size - step < largest;) {
    shapes.push({ size, runSize: minRunSize, slots: Math.floor(minRunSize / size) });
    if (size >= 16 * step) step *= 2;
    size += step;
  }
  return shapes;
}

/**
 * Whether a class is the one for a power of two. Slots of exactly that size all begin at the same place of a
 * page: their first lines share few sets of the caches and push each other out, which makes writing to each page of 64
 * buffers of 64 KiB three times as slow. So the next class serves it, as long as that is not much larger.
 */
function isFor(shape: ClassShape, size: number, slabSize: number): boolean {
  const isPower = (size & (size - 1)) === 0;
  return isPower && size * 2 * minSlots <= slabSize ? shape.size > size : shape.size >= size;
}

function multipleBelow(size: number, unit: number): number {
  return Math.floor(size / unit) * unit;
}
