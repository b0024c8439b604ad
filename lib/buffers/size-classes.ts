/** Bytes: every slot starts at a multiple of the first, one of more than 1 KiB of the second. */
const granule = 16;
const lineGranule = 64;
/** Bytes: up to here classes are listed in a table, above they follow from a division. */
const small = 1024;
/** Bytes of the smallest run, the piece of a slab that serves one class. */
export const minRunSize = 16 * 1024;
/** Slots that a run of a large class holds at least, as far as the slab is large enough. */
const minSlots = 8;

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
  /** Class by what `#keyOf` makes of a size. */
  readonly #large: Uint8Array;
  /** Run size by the logarithm of the power of two above the size. */
  readonly #runSizes: Float64Array;

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
    this.#large = new Uint8Array(32 * 16);
    this.#runSizes = Float64Array.from({ length: 32 }, (_, power) =>
      Math.min(Math.max(minSlots * 2 ** power, minRunSize), slabSize),
    );
    for (let size = small + 1; size <= maxSize; size = (shapes.at(-1)?.size ?? 0) + 1) {
      const key = this.#keyOf(size);
      const runSize = this.#runSizes[key >> 4] ?? slabSize;
      const slots = key & 15;
      this.#large[key] = shapes.length;
      shapes.push({ size: multipleBelow(runSize / slots, lineGranule), runSize, slots });
    }
    for (let size = 2 * small; size <= maxSize; size *= 2) {
      this.#large[this.#keyOf(size)] = shapes.findIndex((shape) => isFor(shape, size, slabSize));
    }
    this.shapes = shapes;
  }

  /** @param size bytes, an integer from 0 to the largest that is served; O(1) */
  indexOf(size: number): number {
    if (size <= small) return this.#small[(size + granule - 1) >> 4] ?? 0;
    return this.#large[this.#keyOf(size)] ?? 0;
  }

  /** Of a size above 1 KiB: the power of two above it, and the slots of a run: 15 at most. */
  #keyOf(size: number): number {
    const rounded = roundedUp(size);
    const power = 32 - Math.clz32(rounded);
    const slots = ((this.#runSizes[power] ?? 0) / rounded) | 0;
    return (power << 4) | (slots < 15 ? slots : 15);
  }
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
  return size * 2 * minSlots <= slabSize ? shape.size > size : shape.size >= size;
}

function roundedUp(size: number): number {
  return (size + lineGranule - 1) & -lineGranule;
}

function multipleBelow(size: number, unit: number): number {
  return Math.floor(size / unit) * unit;
}
