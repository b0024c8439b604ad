// The child process of suite `checked`: node out/bench/cases/checked.js ALLOCATOR SIZE
import { checked, system, type CheckedOptions, type RawAllocator } from 'allomorph';
import { timeAndPrint, type Loop } from '../harness/timing.js';

/** `leaks: 'off'` for all: no listener at exit is part of what is measured. */
const settings: Record<string, CheckedOptions> = {
  'poison, frames 0': { frames: 0, stacks: false },
  'poison, frames 8': { frames: 8, stacks: false },
  'poison, frames 0, stacks': { frames: 0, stacks: true },
  'poison, frames 8, stacks': { frames: 8, stacks: true },
  'page-guard, frames 8': { level: 'page-guard', frames: 8, stacks: false },
  'page-guard, frames 8, stacks': { level: 'page-guard', frames: 8, stacks: true },
};

function allocatorOf(name: string): RawAllocator {
  if (name === 'system') return system;
  const unsafe = name.endsWith('.unsafe');
  const options = settings[unsafe ? name.slice(0, -'.unsafe'.length) : name];
  if (options === undefined) {
    throw new Error(`no allocator "${name}"; valid: system, ${Object.keys(settings).join(', ')}`);
  }
  const allocator = checked(system, { ...options, leaks: 'off' });
  return unsafe ? allocator.unsafe : allocator;
}

function pairs(allocator: RawAllocator, size: number): Loop {
  return (count) => {
    for (let done = 0; done < count; done++) {
      allocator.deallocate(allocator.allocate(size, 16), size, 16);
    }
  };
}

const [name = '', size = ''] = process.argv.slice(2);
timeAndPrint(pairs(allocatorOf(name), Number(size)));
