import { bytesTaken, closed, invalidLength, limitReached, notLive } from './buffer-errors.js';
import { collectStats } from './collect-stats.js';
import { Holdings } from './holdings.js';
import { LeakDetector } from './leak-detection.js';
import type { Settings } from './options.js';
import type { Region } from './region.js';
import { Run } from './run.js';
import { SizeClass } from './size-class.js';
import { SizeClasses } from './size-classes.js';
import { Slab } from './slab.js';
import type { Slot } from './slot.js';
import type { BufferPoolStats } from './stats.js';
import { makeView, slotOf } from './view.js';
import { lengthOf, wipe } from './wipe.js';

/** The largest Buffer that there can be. */
const largestBuffer = 2 ** 32;
/** Runs that are given back between two looks for empty runs that other classes hold on to. */
const sweepInterval = 16;
/** How much larger a free slot may be that is taken instead of a new run. */
const borrowedRatio = 2;

/** Indexes into the counters: doubles that the optimised code changes in place. */
const liveBytes = 0;
const highestLive = 1;

/**
 * The machinery of a pool: slabs, cut into runs, cut into slots.
 *
 * An allocation takes the slot freed last in the current run of its class, and a free puts it back; only
 * when the run has no more slots, or another one becomes empty, more than that happens.
 */
export class Arena {
  readonly settings: Settings;
  readonly classes: readonly SizeClass[];
  readonly holdings: Holdings;
  /** The runs of buffers with a block of their own. */
  readonly large = new Set<Run>();
  readonly leaks: LeakDetector | undefined;
  isClosed = false;
  readonly #sizes: SizeClasses;
  readonly #maxSize: number;
  readonly #scrub: boolean;
  readonly #counters = new Float64Array(2);
  #untilSweep = sweepInterval;

  constructor(settings: Settings) {
    this.settings = settings;
    this.holdings = new Holdings(settings);
    this.#maxSize = settings.maxSize;
    this.#scrub = settings.scrub;
    this.leaks =
      settings.leakDetection === 'off' ? undefined : new LeakDetector(settings.leakDetection);
    this.#sizes = new SizeClasses(settings.maxSize, settings.slabSize);
    this.classes = this.#sizes.shapes.map((shape, index) => new SizeClass(shape, index));
  }

  get liveBytes(): number {
    return this.#counters[liveBytes] ?? 0;
  }

  get highestLive(): number {
    return this.#counters[highestLive] ?? 0;
  }

  /** A buffer of that length, with whatever its memory holds. */
  take(size: number): Buffer {
    // The bitwise operator leaves integers below 2^31 as they are, and no other number.
    if (typeof size !== 'number' || (size | 0) !== size || size < 0 || size > this.#maxSize) {
      return this.#takeLarge(size);
    }
    const sizeClass = this.classes[this.#sizes.indexOf(size)] ?? impossible('a size has no class');
    const slot = sizeClass.current?.take() ?? this.#takeElsewhere(sizeClass, size);
    // A slab whose bytes somebody took shows when a view of it is made, or has lost its length: asking each
    // time whether it is still there would cost as much as all the rest.
    try {
      const buffer = this.#handOut(slot, size);
      sizeClass.allocations += 1;
      return buffer;
    } catch (error) {
      if (slot.run.arrayBuffer.byteLength !== 0) throw error;
      return this.#takeAfterLoss(slot, size);
    }
  }

  /** @throws TypeError when somebody took the bytes of the slab; nothing has changed then */
  #handOut(slot: Slot, size: number): Buffer {
    const view =
      this.leaks === undefined ? viewOf(slot, size) : this.#watched(this.leaks, slot, size);
    const counters = this.#counters;
    const live = (counters[liveBytes] ?? 0) + slot.run.capacity;
    counters[liveBytes] = live;
    if (live > (counters[highestLive] ?? 0)) counters[highestLive] = live;
    slot.live = true;
    return view;
  }

  #watched(leaks: LeakDetector, slot: Slot, size: number): Buffer {
    if (!leaks.isDue) return viewOf(slot, size);
    const view = makeView(slot, size);
    slot.view = undefined;
    slot.tracked = leaks.track(view);
    return view;
  }

  /** Takes a buffer back. */
  give(buffer: Buffer): void {
    const slot = this.liveSlot(buffer);
    if (this.#scrub) wipe(buffer);
    const { run } = slot;
    if (run.region.isLost) {
      this.#forgetLost(slot);
      return;
    }
    this.#retire(slot);
    slot.next = run.free;
    run.free = slot;
    run.used -= 1;
    const { sizeClass } = run;
    if (sizeClass === undefined) this.#giveLarge(run);
    else if (run !== sizeClass.current) this.#givenElsewhere(sizeClass, run);
  }

  /** Counts a buffer out; its view is no longer valid. */
  #retire(slot: Slot): void {
    slot.live = false;
    this.#counters[liveBytes] = (this.#counters[liveBytes] ?? 0) - slot.run.capacity;
    if (slot.tracked !== undefined) this.#untrack(slot);
  }

  #untrack(slot: Slot): void {
    if (slot.tracked !== undefined) this.leaks?.untrack(slot.tracked);
    slot.tracked = undefined;
  }

  /** @throws unless it is a live buffer of this pool */
  liveSlot(buffer: Buffer): Slot {
    const slot = slotOf(buffer);
    if (slot?.run.arena !== this) throw notLive(buffer, this);
    if (this.isClosed) throw closed();
    if (!slot.live || (slot.view !== buffer && slot.tracked?.view.deref() !== buffer)) {
      throw notLive(buffer, this);
    }
    return slot;
  }

  /** Another Buffer of the given length over the same memory; the one before counts as freed. */
  resize(buffer: Buffer, length: number): Buffer {
    const slot = this.liveSlot(buffer);
    const { capacity } = slot.run;
    if (!(Number.isInteger(length) && length >= 0 && length <= capacity)) {
      throw invalidLength(length, 'length', capacity);
    }
    if (slot.run.arrayBuffer.byteLength === 0) throw bytesTaken(buffer);
    const before = lengthOf(buffer);
    if (length === before) return buffer;
    if (this.#scrub && length < before) wipe(buffer, length);
    this.#retire(slot);
    slot.view = undefined;
    const resized = this.#handOut(slot, length);
    if (this.settings.zero && length > before) wipe(resized, before);
    return resized;
  }

  // What follows is off the beaten path.

  #takeElsewhere(sizeClass: SizeClass, size: number): Slot {
    if (this.isClosed) throw closed();
    let run = sizeClass.partial.fullest();
    if (run !== undefined) {
      sizeClass.partial.remove(run);
    } else {
      const borrowed = this.#borrow(sizeClass);
      if (borrowed !== undefined) return borrowed;
      run = this.#newRun(sizeClass) ?? this.#newRunOfMore(sizeClass, size);
      sizeClass.misses += 1;
    }
    this.#makeCurrent(sizeClass, run);
    return run.take() ?? impossible('a run with free slots has none');
  }

  /** An allocator in JavaScript may have used this pool before it answered: then there is one already, with room. */
  #makeCurrent(sizeClass: SizeClass, run: Run): void {
    const before = sizeClass.current;
    sizeClass.current = run;
    if (before !== undefined && before.used < before.slots) this.#givenElsewhere(sizeClass, before);
  }

  /** Somebody took the bytes of the slab, the neighbours' too: its buffers are dead, and it serves no more. */
  #takeAfterLoss({ run }: Slot, size: number): Buffer {
    run.used -= 1;
    const { region } = run;
    if (region instanceof Slab) this.#abandon(region);
    return this.take(size);
  }

  #abandon(slab: Slab): void {
    for (const run of slab.runs.values()) {
      this.#counters[liveBytes] = (this.#counters[liveBytes] ?? 0) - run.used * run.capacity;
      run.sizeClass?.partial.remove(run);
      if (run.sizeClass?.current === run) run.sizeClass.current = undefined;
    }
    this.holdings.abandon(slab);
  }

  /** Counted out already, with its slab. */
  #forgetLost(slot: Slot): void {
    slot.live = false;
    this.#untrack(slot);
  }

  #newRun(sizeClass: SizeClass): Run | undefined {
    return this.holdings.takeRun(
      sizeClass.runSize,
      (region, offset) => new Run(this, sizeClass, { region, offset }, sizeClass),
    );
  }

  #newRunOfMore(sizeClass: SizeClass, size: number): Run {
    const { slabSize } = this.settings;
    if (!this.holdings.mayGrowBy(slabSize)) {
      this.#sweep();
      const run = this.#newRun(sizeClass);
      if (run !== undefined) return run;
    }
    this.#makeRoom(slabSize, size);
    this.holdings.addSlab();
    this.#refuseLate([]);
    return this.#newRun(sizeClass) ?? impossible('an empty slab has no room for a run');
  }

  /** A free slot of a larger class: what it wastes is less than a new run would that is not full. */
  #borrow(sizeClass: SizeClass): Slot | undefined {
    for (let index = sizeClass.index + 1; ; index++) {
      const larger = this.classes[index];
      if (larger === undefined || larger.size > sizeClass.size * borrowedRatio) return undefined;
      const run = larger.partial.fullest();
      if (run === undefined) continue;
      const slot = run.take();
      larger.partial.update(run);
      return slot;
    }
  }

  #givenElsewhere(sizeClass: SizeClass, run: Run): void {
    if (run.used > 0) {
      sizeClass.partial.update(run);
      return;
    }
    sizeClass.partial.remove(run);
    this.holdings.giveRun(run, sizeClass.runSize);
    this.#untilSweep -= 1;
    if (this.#untilSweep > 0) return;
    this.#untilSweep = sweepInterval;
    this.#sweep();
  }

  /** Takes the empty runs from the classes that hold on to one in case it is needed again. */
  #sweep(): void {
    for (const sizeClass of this.classes) {
      const run = sizeClass.current;
      if (run === undefined || run.used > 0) continue;
      sizeClass.current = undefined;
      this.holdings.giveRun(run, sizeClass.runSize);
    }
  }

  #takeLarge(size: number): Buffer {
    if (!(Number.isInteger(size) && size >= 0 && size <= largestBuffer)) {
      throw invalidLength(size, 'size', largestBuffer);
    }
    if (this.isClosed) throw closed();
    this.#makeRoom(size, size);
    const region = this.holdings.addBlock(size);
    this.#refuseLate([region]);
    const run = new Run(this, undefined, { region, offset: 0 }, { size, slots: 1 });
    this.large.add(run);
    return this.#handOut(run.take() ?? impossible('a new run has no slot'), size);
  }

  /** Whether its allocator, written in JavaScript, closed the pool while it was asked for memory. */
  #refuseLate(regions: readonly Region[]): void {
    if (!this.isClosed) return;
    this.holdings.releaseAll(regions);
    throw closed();
  }

  #giveLarge(run: Run): void {
    this.large.delete(run);
    this.holdings.release(run.region);
  }

  /** @throws ERR_ALLOMORPH_OUT_OF_MEMORY when so many bytes more would exceed the limit */
  #makeRoom(needed: number, size: number): void {
    const { holdings } = this;
    if (holdings.mayGrowBy(needed)) return;
    this.#sweep();
    holdings.releaseEmpty(0);
    if (holdings.mayGrowBy(needed)) return;
    const { bytes } = holdings;
    throw limitReached({ size, limit: this.settings.limit, bytes, live: this.liveBytes, needed });
  }

  stats(): BufferPoolStats {
    return collectStats(this);
  }

  /** @returns bytes given back to the backend */
  trim(): number {
    const before = this.holdings.bytes;
    this.#sweep();
    this.holdings.trim();
    return before - this.holdings.bytes;
  }

  /**
   * @returns what was live
   * @throws the first error of an allocator written in JavaScript; everything has been given to it by then
   */
  close(): { buffers: number; bytes: number } {
    const { live } = this.stats();
    this.isClosed = true;
    this.leaks?.stop();
    for (const sizeClass of this.classes) {
      sizeClass.current = undefined;
      sizeClass.partial.clear();
    }
    const blocks = [...this.large].map(({ region }) => region);
    this.large.clear();
    this.#counters[liveBytes] = 0;
    this.holdings.releaseAll(blocks);
    return live;
  }
}

/** That of the slot, when it has the length, or a new one. */
function viewOf(slot: Slot, size: number): Buffer {
  const { view } = slot;
  // The slot's figure first: the view itself is in a part of the memory which nothing has touched since it was
  // freed. When its bytes were taken, it has no length any more.
  if (slot.length === size && view?.length === size) return view;
  const made = makeView(slot, size);
  slot.length = size;
  slot.view = made;
  return made;
}

function impossible(what: string): never {
  throw new Error(`allomorph: ${what}. This is a bug; please report it.`);
}
