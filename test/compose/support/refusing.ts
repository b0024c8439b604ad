import { defineAllocator, system, type Address, type Allocator, type LiveCounts } from 'allomorph';

/** The system's memory behind functions in JavaScript, of which each can be made to do something first. */
export interface Refusing extends Allocator {
  /** Called first; what they throw, the function throws. */
  before: Partial<Record<'allocate' | 'deallocate', (size: number, address?: Address) => void>>;
  live(): LiveCounts;
}

export function refusing(name = 'refusing'): Refusing {
  const { unsafe } = system;
  const allocator: Refusing = Object.assign(
    defineAllocator({
      name,
      allocate: (size, align) => {
        allocator.before.allocate?.(size);
        return unsafe.allocate(size, align);
      },
      deallocate: (address, oldSize, align) => {
        allocator.before.deallocate?.(oldSize, address);
        unsafe.deallocate(address, oldSize, align);
      },
    }),
    { before: {} },
  );
  return allocator;
}

/** For `before`: refuses everything. */
export function no(): never {
  throw new RangeError('not today');
}
