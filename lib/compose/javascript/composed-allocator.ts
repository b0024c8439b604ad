import { busy } from '../../allocators/busy.js';
import { Calls } from '../../allocators/calls.js';
import { closeDoors } from '../../allocators/close-doors.js';
import type { UnavailableAllocator } from '../../allocators/unavailable.js';
import { hasUsers, Use } from '../../allocators/use.js';
import { CheckedAllocator, type Written } from '../../define/checked-allocator.js';
import type { Allocator } from '../../types.js';
import { CountedCalls } from './counted-calls.js';
import { Door } from './door.js';

/** The five functions of a building block. */
export interface Part extends Written {
  /** Gives back what it holds beside its memory. When it throws, it is called again by the next `close()`. */
  end?(): void;
}

/** Of what stands behind: one or two, as many as there are. */
type Doors = readonly [Door, Door];

/** A building block that is JavaScript: its five functions, over the checked ones of what stands behind. */
export class ComposedAllocator<Block extends Part> extends CheckedAllocator {
  protected readonly calls: Calls;
  readonly #block: Block;
  readonly #uses: readonly Use[];
  #closed: UnavailableAllocator | undefined;
  /** It holds nothing any more, or is giving it back just now. */
  #isEnded = false;

  constructor(name: string, behind: readonly Allocator[], make: (doors: Doors) => Block) {
    const doors = behind.map((each) => new Door(each));
    const block = make(doors as unknown as Doors);
    const calls = new Calls();
    super(name, new CountedCalls(block, calls));
    this.calls = calls;
    this.#block = block;
    this.#uses = behind.map((each) => new Use(block, each));
  }

  /**
   * From now on it refuses everything. Does nothing the second time, unless the first one threw what an allocator behind threw:
   * then that is asked again.
   * @throws ERR_ALLOMORPH_BUSY while blocks of its checked functions are live, others use it, or a call has not
   * returned
   */
  close(): void {
    if (this.#isEnded) return;
    if (this.#closed === undefined) {
      if (this.record.blocks > 0) throw busy(this, this.record.blocks);
      if (hasUsers(this)) throw busy(this, 0);
      this.calls.refuseWithin(this);
      this.#closed = closeDoors(this);
    }
    this.#isEnded = true;
    try {
      this.#block.end?.();
    } catch (error) {
      this.#isEnded = false;
      throw error;
    }
    for (const use of this.#uses) use.end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @throws ERR_ALLOMORPH_CLOSED */
  protected openBlock(): Block {
    this.#closed?.refuse();
    return this.#block;
  }
}
