import { system, type RawAllocator } from 'allomorph';

/** An allocator in JavaScript over `system`, with some functions replaced. */
export function inJavaScript(changed: Partial<RawAllocator>): RawAllocator {
  const { unsafe } = system;
  return {
    allocate: (size, align) => unsafe.allocate(size, align),
    deallocate: (address, oldSize, align) => {
      unsafe.deallocate(address, oldSize, align);
    },
    reallocate: (address, oldSize, size, align) => unsafe.reallocate(address, oldSize, size, align),
    reallocateInplace: (address, oldSize, size, align) =>
      unsafe.reallocateInplace(address, oldSize, size, align),
    usableSize: (size, align) => unsafe.usableSize(size, align),
    ...changed,
  };
}
