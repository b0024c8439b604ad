import { BufferPool } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

/** The trace of bench/cases/buffers-trace.ts, shorter and without writing to the memory. */
test.each([1, 2, 3])(
  '5,000 live buffers of 64 B to 256 KiB, seed %i: slabs hold little more',
  (seed) => {
    using pool = new BufferPool();
    let state = seed;
    const random = () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff; // Park and Miller's generator
    const live: Buffer[] = [];
    let bytes = 0;
    let most = 0;
    for (let turn = 0; turn < 300_000; turn++) {
      const size = Math.round(64 * 4096 ** random());
      const place = turn < 5000 ? turn : Math.floor(random() * 5000);
      const before = live[place];
      if (before !== undefined) {
        bytes -= before.length;
        pool.free(before);
      }
      live[place] = pool.allocUnsafe(size);
      bytes += size;
      most = Math.max(most, bytes);
    }
    const held = pool.stats().highWater.bytes / most;
    expect(held).toBeGreaterThan(1);
    expect(held).toBeLessThanOrEqual(1.35);
    const { slabs } = pool.stats();
    for (const buffer of live) pool.free(buffer);
    // Without trim: an eighth of what there was, and what single empty runs still pin.
    expect(pool.stats().slabs).toBeLessThanOrEqual(slabs / 4);
    pool.trim();
    expect(pool.stats()).toMatchObject({ slabs: 0, bytes: 0, live: { buffers: 0, bytes: 0 } });
  },
);
