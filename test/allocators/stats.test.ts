import { existsSync } from 'node:fs';
import { allocators, jemalloc, system } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { node, run } from '../support/child.js';

expectNoLeaks();

const MiB = 2 ** 20;
type Stats = ReturnType<typeof system.stats>;

describe('live counts', () => {
  test('of system: requested bytes, as libc cannot tell more', () => {
    const before = system.live();
    const address = system.allocate(1000, 16);
    expect(system.live()).toEqual({ blocks: before.blocks + 1, bytes: before.bytes + 1000 });
    const moved = system.reallocate(address, 1000, 5000, 16);
    expect(system.live()).toEqual({ blocks: before.blocks + 1, bytes: before.bytes + 5000 });
    system.deallocate(moved, 5000, 16);
    expect(system.live()).toEqual(before);
  });

  (jemalloc.available ? test : test.skip)(
    'of jemalloc: usable bytes, whichever old size frees them',
    () => {
      const before = jemalloc.live();
      const usable = jemalloc.usableSize(1000, 16);
      expect(usable).toBeGreaterThan(1000);
      for (const oldSize of [1000, 1001, usable]) {
        const address = jemalloc.allocate(1000, 16);
        expect(jemalloc.live()).toEqual({
          blocks: before.blocks + 1,
          bytes: before.bytes + usable,
        });
        jemalloc.deallocate(address, oldSize, 16);
        expect(jemalloc.live()).toEqual(before);
      }
    },
  );
});

describe('system', () => {
  const glibc = allocators()[0]?.version?.startsWith('glibc') === true;

  // In a process of its own: where so much lies free in the heap already, nothing is mapped for the block.
  (glibc ? test : test.skip)('stats see a block of 64 MiB come and go', () => {
    const child = node(`
      const { system } = require('allomorph');
      const size = ${String(64 * MiB)};
      const before = system.stats();
      const address = system.allocate(size, 16);
      const during = system.stats();
      system.deallocate(address, size, 16);
      console.log(JSON.stringify([before, during, system.stats()]));`);
    expect(child.stderr).toBe('');
    const [before, during, after] = JSON.parse(child.stdout) as [Stats, Stats, Stats];
    expect(during.mapped - before.mapped).toBeGreaterThanOrEqual(64 * MiB);
    expect(during.mappedBlocks).toBe(before.mappedBlocks + 1);
    expect(after.mapped).toBeLessThan(before.mapped + MiB);
  });

  (glibc ? test : test.skip)('trim gives back what lies free under a block in use', () => {
    // 2,000 blocks below the mmap threshold, all but the last freed: free lists keep them.
    const blocks = Array.from({ length: 2000 }, () => system.allocate(60_000, 16));
    const last = blocks.pop();
    for (const address of blocks) system.deallocate(address, 60_000, 16);
    const held = process.memoryUsage.rss();
    expect(system.stats().free).toBeGreaterThan(0);
    expect(typeof system.trim()).toBe('boolean');
    expect(process.memoryUsage.rss()).toBeLessThanOrEqual(held);
    if (last !== undefined) system.deallocate(last, 60_000, 16);
  });
});

(jemalloc.available ? describe : describe.skip)('jemalloc', () => {
  test('statistics are fresh: the epoch is advanced at each reading', () => {
    const before = jemalloc.stats();
    const address = jemalloc.allocate(64 * MiB, 16);
    const during = jemalloc.stats();
    jemalloc.deallocate(address, 64 * MiB, 16);
    const after = jemalloc.stats();
    // What threads hold in their caches is merged now and then: some kilobytes more or less.
    expect(Math.abs(during.allocated - before.allocated - 64 * MiB)).toBeLessThan(MiB);
    expect(Math.abs(after.allocated - before.allocated)).toBeLessThan(MiB);
    for (const stats of [before, during, after]) {
      expect(stats.active).toBeGreaterThanOrEqual(stats.allocated);
      expect(stats.resident).toBeGreaterThanOrEqual(stats.metadata);
      expect(stats.mapped).toBeGreaterThanOrEqual(stats.active);
      expect(Object.values(stats).every(Number.isSafeInteger)).toBe(true);
    }
  });

  test('purge gives freed memory back at once', () => {
    // Under jemalloc's limit for direct unmapping, so that freeing only makes pages dirty.
    const blocks = Array.from({ length: 400 }, () => jemalloc.allocate(200_000, 16));
    for (const address of blocks) jemalloc.deallocate(address, 200_000, 16);
    const dirty = jemalloc.stats().resident;
    jemalloc.purge();
    const { resident, active, metadata } = jemalloc.stats();
    expect(resident).toBeLessThan(dirty);
    expect(resident).toBeLessThan(active + metadata + 8 * MiB);
  });

  test('version', () => {
    expect(jemalloc.version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

test('allocators() lists the built-in ones first, each with how it can be used', () => {
  const [first, ...rest] = allocators();
  expect(first).toMatchObject({ name: 'system', builtIn: true, inProcess: true, path: null });
  expect(rest.some(({ name, builtIn }) => name === 'jemalloc' && builtIn)).toBe(jemalloc.available);
  for (const { path, builtIn, inProcess, wholeProcess } of rest) {
    if (path !== null) expect(existsSync(path)).toBe(true);
    if (path === null || builtIn) continue;
    expect(wholeProcess).toBe(true);
    // In a process of its own: what is loaded stays.
    const load = "require('allomorph').loadAllocator(process.argv[1], { verify: false })";
    expect(run(process.execPath, ['-e', load, path]).status === 0).toBe(inProcess);
  }
});
