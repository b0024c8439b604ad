import { defineAllocator, jemalloc, system, type Address, type Allocator } from 'allomorph';

/**
 * The system's memory, as an allocator that is written in JavaScript: with size classes of its own
 * (multiples of 48), and a resize in place within them.
 */
export function written(
  name = 'written',
): Allocator & { live(): { blocks: number; bytes: number } } {
  const usable = (size: number, align: number) =>
    align > 16 || size > 2 ** 40 ? size : Math.ceil(size / 48) * 48;
  const raw = system.unsafe;
  return defineAllocator({
    name,
    allocate: (size, align) => raw.allocate(usable(size, align), align),
    deallocate: (address, oldSize, align) => {
      raw.deallocate(address, usable(oldSize, align), align);
    },
    reallocate: (address, oldSize, size, align) =>
      raw.reallocate(address, usable(oldSize, align), usable(size, align), align),
    usableSize: usable,
  });
}

/** What the native form of a building block stands over, and the one in JavaScript. */
export const forms: readonly { form: string; over: Allocator }[] = [
  { form: 'native, system', over: system },
  ...(jemalloc.available ? [{ form: 'native, jemalloc', over: jemalloc }] : []),
  { form: 'JavaScript', over: written() },
];

/** Allocates that many blocks, and gives them to `use`; frees those that are live afterwards. */
export function withBlocks(
  allocator: Allocator,
  count: number,
  size: number,
  use: (blocks: Address[]) => void,
): void {
  const blocks = Array.from({ length: count }, () => allocator.allocate(size, 16));
  try {
    use(blocks);
  } finally {
    for (const block of blocks) allocator.deallocate(block, size, 16);
  }
}
