import { AllomorphError } from '../errors/error.js';
import type { OpenedBackend } from '../native/addon.js';
import { addon } from '../native/load.js';
import { backendId } from './backend.js';
import { forgetAllocator, keepAllocator } from './by-id.js';
import { NativeAllocator } from './native-allocator.js';
import { UnavailableAllocator } from './unavailable.js';

/** Places for native backends beside the built-in ones: `max_backends` in native/core/backend.h. */
const places = 62;

const methods = [
  'allocate',
  'deallocate',
  'reallocate',
  'reallocateInplace',
  'usableSize',
] as const;

/**
 * A native allocator that was opened at run time and can be closed. The process has room for 62 at
 * a time. One that is no longer reachable closes by itself, when none of its blocks is live.
 */
export class OpenedAllocator extends NativeAllocator {
  readonly #opened: OpenedBackend;
  #isClosed = false;

  /** @throws ERR_ALLOMORPH_OUT_OF_MEMORY when `opened` is null */
  constructor(opened: OpenedBackend | null, name: string) {
    if (opened === null) throw noPlace(name);
    super(opened.id, name);
    this.#opened = opened;
    keepAllocator(opened.id, this);
  }

  /**
   * Gives back what the allocator itself occupies; from now on it refuses everything. Does
   * nothing the second time.
   * @throws ERR_ALLOMORPH_BUSY while blocks of it are live, or another allocator, a cache or the global choice
   * uses it: nothing has changed then
   */
  close(): void {
    if (this.#isClosed) return;
    const result = addon.opened.close(this.#opened.handle);
    if (result !== 'closed') throw busy(this, result);
    this.#isClosed = true;
    forgetAllocator(this.#opened.id);
    // Here and not by a check in each call: those cost what they cost.
    const closed = new UnavailableAllocator(this.name, 'it was closed.', 'ERR_ALLOMORPH_CLOSED');
    const refuse = () => closed.refuse();
    for (const name of methods) Object.defineProperty(this, name, { value: refuse });
    Object.defineProperty(this, 'unsafe', { value: closed });
    Object.defineProperty(this, backendId, { value: undefined });
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function busy(allocator: NativeAllocator, reason: 'live-blocks' | 'has-users'): AllomorphError {
  const { blocks } = allocator.live();
  return new AllomorphError(
    'ERR_ALLOMORPH_BUSY',
    reason === 'live-blocks'
      ? `${allocator.name} cannot be closed: ${String(blocks)} of its blocks are live. Free them first.`
      : `${allocator.name} cannot be closed: another allocator, a cache or the global choice uses it. Close those first.`,
    { allocator: allocator.name, blocks },
  );
}

function noPlace(name: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_OUT_OF_MEMORY',
    `${name} could not be opened: memory is exhausted, or ${String(places)} native allocators are open already. ` +
      'Close those that are no longer needed.',
    { allocator: name },
  );
}
