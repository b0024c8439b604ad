// The child process of suite `abi`: node out/bench/cases/abi.js CASE
//
// Each case writes its loop out. A shared loop that calls a function of the case would be fast or
// slow by what V8 makes of that call, which is not what is measured. Packages are imported by the
// case that needs them, so that no case runs in a process another one has changed.
import type { Allocator, RawAllocator } from 'allomorph';
import { timeAndPrint, type Loop } from '../harness/timing.js';

const size = 64;
const align = 16;

const cases: Record<string, () => Promise<Loop>> = {
  empty: () => Promise.resolve(emptyLoop),
  'koffi-void*': () => koffiMalloc('void *'),
  'koffi-uintptr_t': () => koffiMalloc('uintptr_t'),
  'koffi-rust': koffiRust,
  'system.unsafe': async () => pairs((await import('allomorph')).system.unsafe),
  system: async () => pairs((await import('allomorph')).system),
  'jemalloc.unsafe': async () => pairs((await import('allomorph')).jemalloc.unsafe),
  jemalloc: async () => pairs((await import('allomorph')).jemalloc),
  // Read once and kept, before anything is chosen: what a library does that leaves the choice to
  // the program.
  global: async () => pairs((await import('allomorph')).globalAllocator()),
};

function emptyLoop(count: number): number {
  let sum = 0;
  for (let done = 0; done < count; done++) sum = (sum + done) | 0;
  return sum;
}

function pairs(allocator: RawAllocator | Allocator): Loop {
  return (count) => {
    for (let done = 0; done < count; done++) {
      allocator.deallocate(allocator.allocate(size, align), size, align);
    }
  };
}

/** @param pointer koffi hands out a bigint for a pointer type and a number for an integer type */
async function koffiMalloc(pointer: 'void *' | 'uintptr_t'): Promise<Loop> {
  const { default: koffi } = await import('koffi');
  const process = koffi.load(null);
  const malloc = process.func('malloc', pointer, ['size_t']) as (size: number) => unknown;
  const free = process.func('free', 'void', [pointer]) as (block: unknown) => void;
  return (count) => {
    for (let done = 0; done < count; done++) free(malloc(size));
  };
}

async function koffiRust(): Promise<Loop> {
  await import('allomorph');
  const { default: koffi } = await import('koffi');
  const library = koffi.load(addonPath());
  const allocate = library.func('__rust_allocate', 'void *', ['size_t', 'size_t']) as (
    size: number,
    align: number,
  ) => unknown;
  const deallocate = library.func('__rust_deallocate', 'void', ['void *', 'size_t', 'size_t']) as (
    block: unknown,
    oldSize: number,
    align: number,
  ) => void;
  return (count) => {
    for (let done = 0; done < count; done++) deallocate(allocate(size, align), size, align);
  };
}

/** The addon that `allomorph` has loaded: dlopen of the same file gives the same library. */
function addonPath(): string {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  const file = sharedObjects.find((name) => /[\\/]allomorph\.node$/.test(name));
  if (file === undefined) throw new Error('the process has not loaded an allomorph.node');
  return file;
}

async function main([name = '']: string[]): Promise<void> {
  const prepare = cases[name];
  if (prepare === undefined) {
    throw new Error(`no case "${name}"; valid: ${Object.keys(cases).join(', ')}`);
  }
  timeAndPrint(await prepare());
}

void main(process.argv.slice(2));
