import type { Arena } from './arena.js';
import type { SizeClass } from './size-class.js';
import type { BufferPoolStats, SizeClassStats } from './stats.js';

/** Looks at every run: O(bytes held / 16 KiB) at worst. */
export function collectStats(arena: Arena): BufferPoolStats {
  const { large, bySlab, byClass } = count(arena);
  const pinned = bySlab.filter(({ live }) => live > 0);
  const buffers = large.buffers + sum([...byClass.values()].map(({ live }) => live));
  return {
    live: { buffers, bytes: arena.liveBytes },
    large,
    slabs: arena.holdings.slabs.length,
    bytes: arena.holdings.bytes,
    pinned: {
      slabs: pinned.length,
      bytes: sum(pinned.map(({ bytes }) => bytes)),
      live: sum(pinned.map(({ live }) => live)),
    },
    highWater: { live: arena.highestLive, bytes: arena.holdings.highestBytes },
    leaked: arena.leaks?.leaked ?? 0,
    classes: arena.classes
      .filter(({ allocations }) => allocations > 0)
      .map((each) => classStats(each, byClass.get(each) ?? { live: 0, free: 0 })),
  };
}

interface Slots {
  live: number;
  free: number;
}

function count(arena: Arena) {
  const byClass = new Map<SizeClass, Slots>();
  const bySlab = arena.holdings.slabs.map((slab) => {
    let live = 0;
    for (const { sizeClass, used, slots, capacity } of slab.runs.values()) {
      if (sizeClass === undefined) continue;
      live += used * capacity;
      const before = byClass.get(sizeClass) ?? { live: 0, free: 0 };
      byClass.set(sizeClass, { live: before.live + used, free: before.free + slots - used });
    }
    return { bytes: slab.size, live };
  });
  const blocks = [...arena.large];
  const large = { buffers: blocks.length, bytes: sum(blocks.map(({ capacity }) => capacity)) };
  return { large, bySlab, byClass };
}

function classStats({ size, allocations, misses }: SizeClass, slots: Slots): SizeClassStats {
  return { size, ...slots, hits: allocations - misses, misses };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
