// The child process of suite `magazines`, producer and consumer: node out/bench/cases/magazines-threads.js DOOR
//
// One thread allocates, another one frees: the worst that can happen to magazines, as each of the
// two only ever fetches or only ever gives back. The addresses go through a ring in shared memory.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { cached, jemalloc, system, type Address, type RawAllocator } from 'allomorph';
import { timeAndPrint } from '../harness/timing.js';

const size = 64;
const align = 16;
const room = 4096;
/** Addresses handed over at once: the ring's own cost shall not be what is measured. */
const chunk = 64;

interface Ring {
  readonly slots: Float64Array;
  /** How many were put in, how many were taken out, whether it is over. */
  readonly counts: BigInt64Array;
}

const doors: Record<string, () => RawAllocator> = {
  'system.unsafe': () => system.unsafe,
  'jemalloc.unsafe': () => jemalloc.unsafe,
  'cached(system).unsafe': () => cached(system).unsafe,
  'cached(jemalloc).unsafe': () => cached(jemalloc).unsafe,
};

function open(name: string): RawAllocator {
  const door = doors[name];
  if (door === undefined) {
    throw new Error(`no door "${name}"; valid: ${Object.keys(doors).join(', ')}`);
  }
  return door();
}

function produce(name: string): void {
  const allocator = open(name);
  const ring: Ring = {
    slots: new Float64Array(new SharedArrayBuffer(room * 8)),
    counts: new BigInt64Array(new SharedArrayBuffer(24)),
  };
  const { slots, counts } = ring;
  new Worker(__filename, { workerData: { name, ring } });
  let put = 0;
  timeAndPrint((count) => {
    const goal = put + Math.ceil(count / chunk) * chunk;
    while (put < goal) {
      waitUntil(counts, 1, put - room + chunk);
      for (let index = 0; index < chunk; index++, put++) {
        slots[put % room] = allocator.allocate(size, align);
      }
      Atomics.store(counts, 0, BigInt(put));
    }
    waitUntil(counts, 1, put);
  });
  Atomics.store(counts, 2, 1n);
}

function consume({ name, ring: { slots, counts } }: { name: string; ring: Ring }): void {
  const allocator = open(name);
  let taken = 0;
  while (waitUntil(counts, 0, taken + chunk)) {
    for (let index = 0; index < chunk; index++, taken++) {
      allocator.deallocate((slots[taken % room] ?? 0) as Address, size, align);
    }
    Atomics.store(counts, 1, BigInt(taken));
  }
}

/** Spins: sleeping takes longer than what is waited for. @returns false when it is over */
function waitUntil(counts: BigInt64Array, index: number, atLeast: number): boolean {
  while (Number(Atomics.load(counts, index)) < atLeast) {
    if (Atomics.load(counts, 2) !== 0n) return false;
  }
  return true;
}

if (isMainThread) produce(process.argv[2] ?? '');
else consume(workerData as { name: string; ring: Ring });
