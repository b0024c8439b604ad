import type { OpenedBackend } from '../native/addon.js';
import { addon } from '../native/load.js';
import { backendId } from './backend.js';
import { busy } from './busy.js';
import { forgetAllocator, keepAllocator } from './by-id.js';
import { NativeAllocator } from './native-allocator.js';
import { closeDoors } from './close-doors.js';
import { noPlace } from './no-place.js';
import type { UnavailableAllocator } from './unavailable.js';

/**
 * A native allocator that was opened at run time and can be closed. The process has room for 62 at
 * a time. One that is no longer reachable closes by itself, when none of its blocks is live.
 */
export class OpenedAllocator extends NativeAllocator {
  readonly #opened: OpenedBackend;
  #closed: UnavailableAllocator | undefined;

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
    if (this.#closed !== undefined) return;
    const result = addon.opened.close(this.#opened.handle);
    if (result !== 'closed') throw busy(this, result === 'live-blocks' ? this.live().blocks : 0);
    forgetAllocator(this.#opened.id);
    this.#closed = closeDoors(this);
    Object.defineProperty(this, backendId, { value: undefined });
  }

  /**
   * The backend id, which another allocator may get once this one is closed.
   * @throws ERR_ALLOMORPH_CLOSED
   */
  protected openId(): number {
    this.#closed?.refuse();
    return this.#opened.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
