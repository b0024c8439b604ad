import type { Arena } from './arena.js';
import type { Region } from './region.js';
import { Slot } from './slot.js';
import type { SizeClass } from './size-class.js';

/** Where a run is taken from and returned to. */
export interface RunPlace {
  readonly region: Region;
  /** Bytes from the start of the region. */
  readonly offset: number;
}

/** A piece of a slab that is cut into slots of one class; or one buffer with a block of its own. */
export class Run {
  readonly arena: Arena;
  /** Undefined for the one slot of a block of its own. */
  readonly sizeClass: SizeClass | undefined;
  readonly region: Region;
  readonly arrayBuffer: ArrayBuffer;
  /** Bytes from the start of the region. */
  readonly offset: number;
  /** Bytes of a slot. */
  readonly capacity: number;
  readonly slots: number;
  /** Bytes from the start of the ArrayBuffer. */
  readonly #start: number;
  /** Slots that are handed out. */
  used = 0;
  /** Slots that were never handed out begin here: they are made when they are needed. */
  fresh = 0;
  /** Freed slots, the last one first: its bytes are in the caches still. */
  free: Slot | undefined = undefined;
  /** The list of {@link PartialRuns} it is in, 0 for none, and its neighbours there. */
  bucket = 0;
  before: Run | undefined = undefined;
  after: Run | undefined = undefined;

  constructor(
    arena: Arena,
    sizeClass: SizeClass | undefined,
    { region, offset }: RunPlace,
    { size, slots }: { readonly size: number; readonly slots: number },
  ) {
    this.arena = arena;
    this.sizeClass = sizeClass;
    this.region = region;
    this.arrayBuffer = region.arrayBuffer;
    this.offset = offset;
    this.#start = region.memory.byteOffset + offset;
    this.capacity = size;
    this.slots = slots;
  }

  /** Takes a slot out; undefined when all are handed out. */
  take(): Slot | undefined {
    const slot = this.free;
    if (slot !== undefined) {
      this.free = slot.next;
    } else if (this.fresh === this.slots) {
      return undefined;
    }
    this.used += 1;
    return slot ?? new Slot(this, this.#start + this.capacity * this.fresh++);
  }
}
