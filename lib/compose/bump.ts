import { OpenedAllocator } from '../allocators/opened-allocator.js';
import { hasUsers } from '../allocators/use.js';
import { reasonBehind } from '../allocators/exhaustion.js';
import { isAdoptedFrom } from '../blocks/memory/unowned.js';
import { AllomorphError } from '../errors/error.js';
import { addon } from '../native/load.js';
import type { Allocator } from '../types.js';
import { checkOptions } from '../support/options.js';
import { checkInteger } from './arguments.js';
import { nameBehind, nativeBehind } from './behind.js';
import type { ComposedAllocator } from './composed.js';
import { chunkAlign, WrittenBump } from './javascript/bump.js';
import { ComposedAllocator as Composed } from './javascript/composed-allocator.js';

export interface BumpOptions {
  /** Bytes that are taken from the allocator behind at a time: 128 to 2^40. Default: 65,536. */
  readonly chunk?: number | undefined;
}

/** See {@link bump}. */
export interface BumpAllocator extends ComposedAllocator {
  /** Bytes of a chunk. */
  readonly chunk: number;
  /**
   * Frees all blocks at once; their addresses mean nothing from here on. One chunk is kept. No other thread may be
   * inside a call. O(chunks)
   * @throws ERR_ALLOMORPH_BUSY while a `Block`, a pool, a cache, another allocator or the global choice uses it: their
   * memory would be gone; and from within a call of it, by an allocator behind that is written in JavaScript.
   * ERR_ALLOMORPH_CLOSED
   */
  reset(): void;
  /**
   * Bytes that were taken from the allocator behind and not given back. O(1); in JavaScript O(chunks)
   * @throws ERR_ALLOMORPH_CLOSED
   */
  held(): number;
}

const usualChunk = 65_536;

/** Of a native chunk: four words, native/compose/bump.c. */
const header = process.arch === 'ia32' || process.arch === 'arm' ? 16 : 32;

/**
 * Allocates by moving a pointer through large chunks, and frees everything at once by `reset`. Freeing the block that was
 * allocated last gives its bytes to the next one, and it can grow in place; the bytes of another freed
 * block come back by `reset`, or when no block is live any more. What does not fit into a chunk gets one of its own.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT, ERR_ALLOMORPH_OUT_OF_MEMORY
 */
export function bump(allocator: Allocator, options: BumpOptions = {}): BumpAllocator {
  const behind = nativeBehind(allocator);
  checkOptions('bump', options, ['chunk']);
  const chunk = checkInteger('options.chunk', options.chunk ?? usualChunk, 128, 2 ** 40);
  const name = `bump(${nameBehind(allocator)}, { chunk: ${String(chunk)} })`;
  return reasonBehind<BumpAllocator>(
    behind === undefined
      ? new JavaScriptBump(name, allocator, chunk)
      : new NativeBump(name, behind, chunk),
    allocator,
    ({ size, align }) => ({
      size: Math.max(
        chunk,
        size + (behind === undefined ? 0 : header) + Math.max(0, align - chunkAlign),
      ),
      align: chunkAlign,
    }),
  );
}

class NativeBump extends OpenedAllocator implements BumpAllocator {
  readonly chunk: number;

  constructor(name: string, behind: number, chunk: number) {
    super(addon.compose.bump(name, behind, chunk), name);
    this.chunk = chunk;
  }

  reset(): void {
    if (!addon.compose.bumpReset(this.openId())) throw inUse(this);
  }

  held(): number {
    return addon.compose.bumpHeld(this.openId());
  }
}

class JavaScriptBump extends Composed<WrittenBump> implements BumpAllocator {
  readonly chunk: number;

  constructor(name: string, allocator: Allocator, chunk: number) {
    super(name, [allocator], ([door]) => new WrittenBump(door, chunk));
    this.chunk = chunk;
  }

  reset(): void {
    const block = this.openBlock();
    if (hasUsers(this) || isAdoptedFrom(this)) throw inUse(this);
    this.calls.refuseWithin(this, 'reset');
    this.record.clear();
    this.calls.during(() => {
      block.reset();
    });
  }

  held(): number {
    return this.openBlock().held();
  }
}

function inUse(allocator: Allocator): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_BUSY',
    `${allocator.name} cannot be reset: a Block, a pool, a cache, another allocator or the global choice uses it, ` +
      'and would be left with memory that is gone. Free or close those first.',
    { allocator: allocator.name },
  );
}
