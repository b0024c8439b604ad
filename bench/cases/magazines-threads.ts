// The child process of suite `magazines`, producer and consumer: node out/bench/cases/magazines-threads.js DOOR
//
// One thread allocates, another one frees: the worst that can happen to magazines, as each of the
// two only ever fetches or only ever gives back. The addresses go through a ring in shared memory.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { cached, jemalloc, system, type Address, type RawAllocator } from 'allomorph';
import { timeAndPrint } from '../harness/timing.js';

const size = 64;
const align = 16;
/** Of the ring, each of as many addresses: few hand-overs, as their cost is not what is measured. */
const [chunks, chunk] = [16, 512];

interface Ring {
  readonly slots: Float64Array;
  /** Chunks put in, chunks taken out, whether it is over. */
  readonly counts: Int32Array;
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
    slots: new Float64Array(new SharedArrayBuffer(chunks * chunk * 8)),
    counts: new Int32Array(new SharedArrayBuffer(12)),
  };
  const { slots, counts } = ring;
  new Worker(__filename, { workerData: { name, ring } });
  let put = 0;
  timeAndPrint((count) => {
    const goal = put + Math.ceil(count / chunk);
    while (put < goal) {
      waitUntil(counts, 1, put - chunks + 1);
      const from = (put % chunks) * chunk;
      for (let index = from; index < from + chunk; index++) {
        slots[index] = allocator.allocate(size, align);
      }
      put += 1;
      tell(counts, 0, put);
    }
    waitUntil(counts, 1, put);
  });
  tell(counts, 2, 1);
  tell(counts, 0, put);
}

function consume({ name, ring: { slots, counts } }: { name: string; ring: Ring }): void {
  const allocator = open(name);
  let taken = 0;
  while (waitUntil(counts, 0, taken + 1)) {
    const from = (taken % chunks) * chunk;
    for (let index = from; index < from + chunk; index++) {
      allocator.deallocate((slots[index] ?? 0) as Address, size, align);
    }
    taken += 1;
    tell(counts, 1, taken);
  }
}

function tell(counts: Int32Array, index: number, value: number): void {
  Atomics.store(counts, index, value);
  Atomics.notify(counts, index);
}

/** @returns false when it is over */
function waitUntil(counts: Int32Array, index: number, atLeast: number): boolean {
  for (;;) {
    const now = Atomics.load(counts, index);
    if (now >= atLeast) return true;
    if (Atomics.load(counts, 2) !== 0) return false;
    Atomics.wait(counts, index, now, 10);
  }
}

if (isMainThread) produce(process.argv[2] ?? '');
else consume(workerData as { name: string; ring: Ring });
