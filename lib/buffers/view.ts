import type { Slot } from './slot.js';

type MakeBuffer = new (bytes: ArrayBuffer, offset: number, length: number) => Buffer;

/**
 * The class behind `Buffer`, which Node hands to `Buffer.prototype.map` and the like as the species.
 * `Buffer.from(arrayBuffer, offset, length)` ends there too, after checks that take as long again.
 */
const FastBuffer = (() => {
  const species = (Buffer as unknown as Record<symbol, unknown>)[Symbol.species];
  const makes = typeof species === 'function' && species.prototype === Buffer.prototype;
  return makes ? (species as MakeBuffer) : undefined;
})();

/** A base class whose constructor gives back what it is given: its subclasses add fields to that. */
const Given = function given(view: Buffer) {
  return view;
} as unknown as new (view: Buffer) => object;

/**
 * The private field is how a Buffer finds its slot. Nothing else has it: no slice, no copy, no
 * property that a program could see, copy or compare. Reading it costs less than a WeakMap.
 */
class Marked extends Given {
  readonly #slot: Slot;

  constructor(view: Buffer, slot: Slot) {
    super(view);
    this.#slot = slot;
  }

  static slotOf(view: unknown): Slot | undefined {
    try {
      return (view as Marked).#slot;
    } catch {
      return undefined; // that is how a missing private field shows
    }
  }
}

/** A Buffer over `length` bytes of a slot, which `slotOf` finds again. */
export function makeView(slot: Slot, length: number): Buffer {
  const { arrayBuffer } = slot.run;
  const view =
    FastBuffer === undefined
      ? Buffer.from(arrayBuffer, slot.offset, length)
      : new FastBuffer(arrayBuffer, slot.offset, length);
  new Marked(view, slot);
  return view;
}

/** The slot that a Buffer was made for, whether or not it is still its; undefined for all other values. */
export function slotOf(view: unknown): Slot | undefined {
  return Marked.slotOf(view);
}
