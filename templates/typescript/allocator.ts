import { defineAllocator, system } from 'allomorph';

/** What the memory comes from: without checks of its own, and 0 when it is exhausted. */
const memory = system.unsafe;

/**
 * {{name}}: a start that keeps the whole contract. Replace what is behind it, and let `npm run check` tell what broke.
 *
 * - `size` is in bytes and never 0; `align` is a power of two, the same for a block in every call.
 * - `oldSize` is any value from the size that was asked for to the usable size.
 * - What is left out is derived: `reallocate` from the others, `reallocateInplace` as one that never succeeds, and
 *   `usableSize` as the size itself.
 */
export const allocator = defineAllocator({
  name: '{{name}}',

  /** 0 when memory is exhausted. */
  allocate(size, align) {
    return memory.allocate(size, align);
  },

  deallocate(address, oldSize, align) {
    memory.deallocate(address, oldSize, align);
  },
});
