import type { Address, RawAllocator } from 'allomorph';
import koffi from 'koffi';

/** A way to the five functions. `exhausted`: what it does when there is no memory. */
export interface Door {
  readonly name: string;
  readonly backend: 'system' | 'jemalloc' | 'other';
  readonly allocator: RawAllocator;
  readonly exhausted: 'throws' | 'zero';
}

/** The exported C symbols of the addon that is loaded, called from outside. */
export function symbolsDoor(addon: string, backend: Door['backend']): Door {
  const library = koffi.load(addon);
  const size = 'size_t';
  const pointer = 'uintptr_t';
  const bind = (name: string, result: string, parameters: string[]) => {
    const function_ = library.func(name, result, parameters) as unknown as (
      ...args: number[]
    ) => number | bigint;
    return (...args: number[]): number => Number(function_(...args));
  };
  const allocate = bind('__rust_allocate', pointer, [size, size]);
  const deallocate = bind('__rust_deallocate', 'void', [pointer, size, size]);
  const reallocate = bind('__rust_reallocate', pointer, [pointer, size, size, size]);
  const reallocateInplace = bind('__rust_reallocate_inplace', size, [pointer, size, size, size]);
  const usableSize = bind('__rust_usable_size', size, [size, size]);
  return {
    name: 'C symbols through koffi',
    backend,
    exhausted: 'zero',
    allocator: {
      allocate: (bytes, align) => allocate(bytes, align) as Address,
      deallocate: (address, oldSize, align) => void deallocate(address, oldSize, align),
      reallocate: (address, oldSize, bytes, align) =>
        reallocate(address, oldSize, bytes, align) as Address,
      reallocateInplace,
      usableSize,
    },
  };
}
