import type { OpenedBackend, OpenedHandle } from '../native/addon.js';
import { addon } from '../native/load.js';
import type { RawAllocator } from '../types.js';
import { takeBackendId } from './backend.js';
import { busy } from './busy.js';
import { forgetAllocator, keepAllocator } from './by-id.js';
import { NativeAllocator } from './native-allocator.js';
import { closeDoors } from './close-doors.js';
import { noPlace } from './no-place.js';
import type { UnavailableAllocator } from './unavailable.js';

/** By unsafe door: one that is kept keeps its backend open, also when the allocator is collected. */
const handles = new WeakMap<RawAllocator, OpenedHandle>();

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
    handles.set(this.unsafe, opened.handle);
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
    // The next allocator may have the id from here on: nothing below throws, also when this object is frozen.
    NativeAllocator.closeId(this);
    forgetAllocator(this.#opened.id);
    this.#closed = closeDoors(this);
    takeBackendId(this, this.#closed);
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
