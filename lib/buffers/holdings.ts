import { acquireMemory, type OwnedMemory } from '../blocks/owned-memory.js';
import { forAll } from '../support/for-all.js';
import type { Allocator } from '../types.js';
import { withSlabSize } from './buffer-errors.js';
import { giveBack } from './give-back.js';
import type { Settings } from './options.js';
import { Region } from './region.js';
import type { Run } from './run.js';
import { Slab } from './slab.js';

/** Slabs start at a page, so that no slot shares its cache line with memory of somebody else. */
const slabAlign = 4096;
const blockAlign = 64;
/** One of so many slabs may stay empty, so that a load that goes up and down does not take and return them. */
const keptShare = 8;

/** What a pool holds of its backend: slabs, and blocks of single buffers. */
export class Holdings {
  readonly slabs: Slab[] = [];
  /** Bytes held. */
  bytes = 0;
  highestBytes = 0;
  readonly #settings: Settings;
  #emptySlabs = 0;
  /** What the memory really came from: the global allocator settles on one. */
  #backend: Allocator | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Whether so many bytes more stay within the limit. */
  mayGrowBy(bytes: number): boolean {
    return this.bytes + bytes <= this.#settings.limit;
  }

  addSlab(): void {
    const { slabSize } = this.#settings;
    try {
      this.slabs.push(this.#acquire(slabSize, slabAlign, (memory) => new Slab(memory)));
    } catch (error) {
      throw withSlabSize(error, slabSize);
    }
    this.#emptySlabs += 1;
  }

  addBlock(size: number): Region {
    return this.#acquire(size, blockAlign, (memory) => new Region(memory));
  }

  #acquire<T>(size: number, align: number, make: (memory: OwnedMemory) => T): T {
    // Counted first: an allocator in JavaScript may use this pool before it answers, and the limit holds for both.
    this.bytes += size;
    try {
      const memory = acquireMemory(this.#settings.allocator, size, align);
      this.#backend = memory.allocator;
      const region = madeOf(memory, make);
      this.highestBytes = Math.max(this.highestBytes, this.bytes);
      return region;
    } catch (error) {
      this.bytes -= size;
      throw error;
    }
  }

  release(region: Region): void {
    this.bytes -= region.size;
    region.release();
  }

  /**
   * Takes a run out of the slab whose room fits best, the fullest of these: large pieces stay whole,
   * and slabs get a chance to become empty. O(slabs)
   * @returns undefined when none has room
   */
  takeRun(runSize: number, make: (slab: Slab, offset: number) => Run): Run | undefined {
    let best: Slab | undefined;
    let bestPiece = Infinity;
    for (const slab of this.slabs) {
      const piece = slab.pieceFor(runSize);
      if (piece === 0 || piece > bestPiece) continue;
      if (best !== undefined && piece === bestPiece && slab.free >= best.free) continue;
      best = slab;
      bestPiece = piece;
    }
    if (best === undefined) return undefined;
    const slab = best;
    if (slab.isEmpty) this.#emptySlabs -= 1;
    return slab.take(runSize, (offset) => make(slab, offset));
  }

  giveRun(run: Run, runSize: number): void {
    const slab = run.region;
    if (!(slab instanceof Slab)) return; // a block of its own, which has no class
    slab.give(run, runSize);
    if (!slab.isEmpty) return;
    this.#emptySlabs += 1;
    this.releaseEmpty(Math.max(1, Math.floor(this.slabs.length / keptShare)));
  }

  /** Returns empty slabs until so many are left. */
  releaseEmpty(keep: number): void {
    for (let index = this.slabs.length - 1; index >= 0 && this.#emptySlabs > keep; index--) {
      const slab = this.slabs[index];
      if (!slab?.isEmpty) continue;
      this.slabs.splice(index, 1);
      this.#emptySlabs -= 1;
      this.release(slab);
    }
  }

  /** Returns what is empty, and asks the backend to return what it keeps. */
  trim(): void {
    this.releaseEmpty(0);
    if (this.#backend !== undefined) giveBack(this.#backend);
  }

  /**
   * Returns all slabs, and `others`: also when the allocator refuses one.
   * @throws the first refusal, afterwards
   */
  releaseAll(others: readonly Region[]): void {
    const regions = [...this.slabs.splice(0), ...others];
    this.#emptySlabs = 0;
    forAll(regions, (region) => {
      this.release(region);
    });
  }

  /** Gives up a slab whose bytes somebody took; the memory goes back when the collector finds them unused. */
  abandon(slab: Slab): void {
    const index = this.slabs.indexOf(slab);
    if (index === -1) return;
    this.slabs.splice(index, 1);
    if (slab.isEmpty) this.#emptySlabs -= 1;
    slab.isLost = true;
    this.release(slab);
  }
}

function madeOf<T>(memory: OwnedMemory, make: (memory: OwnedMemory) => T): T {
  try {
    return make(memory);
  } catch (error) {
    memory.release();
    throw error;
  }
}
