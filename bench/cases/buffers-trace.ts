// The child process of the trace of suite `buffers`:
//   node --expose-gc out/bench/cases/buffers-trace.js Buffer.allocUnsafe|pool|pool-jemalloc
//
// Buffers of 64 B to 256 KiB (log-uniform), 5,000 live. At each turn one of them, any, makes place for
// a new one, so that lifetimes are geometric; each page of the new one is written to.
import { BufferPool, jemalloc, system } from 'allomorph';
import { seededRandom } from '../../lib/support/random.js';

const [smallest, largest] = [64, 256 * 1024];
const liveBuffers = 5000;
const turns = 1_000_000; // 2 million operations
const page = 4096;

/** What the process prints beside the sample; memory in bytes. */
export interface TraceFigures {
  readonly nanoseconds: number;
  /** Of all threads: V8 frees the memory of Buffers on one of its own. */
  readonly cpuNanoseconds: number;
  readonly operations: number;
  readonly startRss: number;
  readonly peakRss: number;
  /** After all buffers are freed, the collector has run, and `trim()`. */
  readonly endRss: number;
  /** The most bytes that buffers were asked for with, at one time. */
  readonly peakLive: number;
  /** The most bytes that the pool held of its backend; null without a pool. */
  readonly peakHeld: number | null;
}

const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);

const random = seededRandom(1);
const sizes = Uint32Array.from({ length: turns }, () =>
  Math.round(smallest * (largest / smallest) ** random()),
);
const victims = Uint16Array.from({ length: turns }, (_, turn) =>
  turn < liveBuffers ? turn : Math.floor(random() * liveBuffers),
);

function poolOf(name: string): BufferPool | undefined {
  if (name === 'Buffer.allocUnsafe') return undefined;
  return new BufferPool({ allocator: name === 'pool-jemalloc' ? jemalloc : system });
}

/**
 * Lets V8's young generation grow as it does in every process that has run for a while: up to 33 MB in which
 * Buffer objects live, not bytes of Buffers, and which no pool could give back.
 */
function warmUp(name: string): void {
  const kept = new Array<object>(100_000);
  for (let done = 0; done < 3_000_000; done++) kept[done % kept.length] = { name, done };
}

function main([name = '']: string[]): void {
  warmUp(name);
  const pool = poolOf(name);
  const take =
    pool === undefined
      ? (size: number) => Buffer.allocUnsafe(size)
      : (size: number) => pool.allocUnsafe(size);
  const give =
    pool === undefined
      ? () => undefined
      : (buffer: Buffer) => {
          pool.free(buffer);
        };

  const live: (Buffer | undefined)[] = new Array<Buffer | undefined>(liveBuffers).fill(undefined);
  collect();
  // V8's young generation has its full size by now, in which it stays.
  const startRss = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  const peakLive = run(take, give, live);
  const nanoseconds = Number(process.hrtime.bigint() - start);
  const cpu = process.cpuUsage(cpuBefore); // microseconds
  const peakRss = process.resourceUsage().maxRSS * 1024;
  for (const buffer of live) if (buffer !== undefined) give(buffer);
  live.length = 0;
  collect();
  pool?.trim();
  const figures: TraceFigures = {
    nanoseconds,
    cpuNanoseconds: (cpu.user + cpu.system) * 1000,
    operations: 2 * turns,
    startRss,
    peakRss,
    endRss: process.memoryUsage.rss(),
    peakLive,
    peakHeld: pool?.stats().highWater.bytes ?? null,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** @returns the most bytes that were live */
function run(
  take: (size: number) => Buffer,
  give: (buffer: Buffer) => void,
  live: (Buffer | undefined)[],
): number {
  let bytes = 0;
  let most = 0;
  for (let turn = 0; turn < turns; turn++) {
    const size = sizes[turn] ?? 0;
    const victim = victims[turn] ?? 0;
    const before = live[victim];
    if (before !== undefined) {
      bytes -= before.length;
      give(before);
    }
    const buffer = take(size);
    for (let offset = 0; offset < size; offset += page) buffer[offset] = turn;
    buffer[size - 1] = turn;
    live[victim] = buffer;
    bytes += size;
    if (bytes > most) most = bytes;
  }
  return most;
}

main(process.argv.slice(2));
