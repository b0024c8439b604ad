// The child process of suite `magazines`: node out/bench/cases/magazines.js PATTERN DOOR
//
// One pattern and one door in a process, so that each loop sees one kind of allocator, as a
// program's would. Blocks are 64 bytes. One operation is one allocate and one deallocate.
import type { Address, Allocator, RawAllocator } from 'allomorph';
import { seededRandom } from '../../lib/support/random.js';
import { timeAndPrint, type Loop } from '../harness/timing.js';

const size = 64;
const align = 16;
const live = 1000;

/** What every door is reduced to here; koffi has no size and no alignment. */
type Blocks = Pick<RawAllocator, 'allocate' | 'deallocate'>;

const patterns: Record<string, (blocks: Blocks) => Loop> = { pair, lifo, fifo, random, phases };

/** One block at a time. */
function pair(blocks: Blocks): Loop {
  return (count) => {
    for (let done = 0; done < count; done++) {
      blocks.deallocate(blocks.allocate(size, align), size, align);
    }
  };
}

/** 1,000 live at a time: all allocated, then all freed, the newest first. */
function lifo(blocks: Blocks): Loop {
  return burst(blocks, live, (index) => live - 1 - index);
}

/** More than magazines hold, by one side of a program for the other: every block goes through the allocator behind. */
function phases(blocks: Blocks): Loop {
  return burst(blocks, 20_000, (index) => index);
}

function burst(blocks: Blocks, many: number, order: (index: number) => number): Loop {
  const held: Address[] = Array.from({ length: many }, () => 0 as Address);
  const orders = Int32Array.from({ length: many }, (_, index) => order(index));
  return (count) => {
    for (let done = 0; done < count; done += many) {
      for (let index = 0; index < many; index++) held[index] = blocks.allocate(size, align);
      for (let index = 0; index < many; index++) {
        blocks.deallocate(held[orders[index] ?? 0] ?? (0 as Address), size, align);
      }
    }
  };
}

/** 1,000 live at a time: the oldest is freed, a new one allocated. */
function fifo(blocks: Blocks): Loop {
  return replacing(
    blocks,
    Int32Array.from({ length: live }, (_, index) => index),
  );
}

/** 1,000 live at a time: any is freed, a new one allocated. */
function random(blocks: Blocks): Loop {
  const next = seededRandom(1);
  return replacing(
    blocks,
    Int32Array.from({ length: 2 ** 16 }, () => Math.floor(next() * live)),
  );
}

function replacing(blocks: Blocks, order: Int32Array): Loop {
  const held = Array.from({ length: live }, () => blocks.allocate(size, align));
  let at = 0;
  return (count) => {
    for (let done = 0; done < count; done++) {
      const index = order[at] ?? 0;
      at = at + 1 === order.length ? 0 : at + 1;
      blocks.deallocate(held[index] ?? (0 as Address), size, align);
      held[index] = blocks.allocate(size, align);
    }
  };
}

const doors: Record<string, () => Promise<Blocks>> = {
  'koffi-void*': koffiMalloc,
  system: async () => (await import('allomorph')).system,
  'system.unsafe': async () => (await import('allomorph')).system.unsafe,
  jemalloc: async () => (await import('allomorph')).jemalloc,
  'jemalloc.unsafe': async () => (await import('allomorph')).jemalloc.unsafe,
  'cached(system)': () => cache('system', (allocator) => allocator),
  'cached(system).unsafe': () => cache('system', ({ unsafe }) => unsafe),
  'cached(jemalloc)': () => cache('jemalloc', (allocator) => allocator),
  'cached(jemalloc).unsafe': () => cache('jemalloc', ({ unsafe }) => unsafe),
};

async function cache(
  name: 'system' | 'jemalloc',
  door: (allocator: Allocator) => Blocks,
): Promise<Blocks> {
  const allomorph = await import('allomorph');
  return door(allomorph.cached(allomorph[name]));
}

/** `void *` is what C headers say and most programs write; koffi hands out a bigint for it. */
async function koffiMalloc(): Promise<Blocks> {
  const { default: koffi } = await import('koffi');
  const process = koffi.load(null);
  const malloc = process.func('malloc', 'void *', ['size_t']) as (size: number) => Address;
  const free = process.func('free', 'void', ['void *']) as (block: Address) => void;
  return {
    allocate: (bytes) => malloc(bytes),
    deallocate: (block) => {
      free(block);
    },
  };
}

async function main([pattern = '', door = '']: string[]): Promise<void> {
  const prepare = patterns[pattern];
  const open = doors[door];
  if (prepare === undefined || open === undefined) {
    throw new Error(
      `no case "${pattern} ${door}"; patterns: ${Object.keys(patterns).join(', ')}; ` +
        `doors: ${Object.keys(doors).join(', ')}`,
    );
  }
  timeAndPrint(prepare(await open()));
}

void main(process.argv.slice(2));
