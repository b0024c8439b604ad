import type { NativeAllocator } from 'allomorph';

/** What a call throws: an AllomorphError. */
export function error(call: () => unknown): {
  code: string;
  message: string;
  values: Record<string, unknown>;
} {
  try {
    call();
  } catch (thrown) {
    return thrown as ReturnType<typeof error>;
  }
  throw new Error('nothing was thrown');
}

/** A loaded allocator serves a block, and counts it. */
export function use(allocator: NativeAllocator): void {
  const address = allocator.allocate(1000, 64);
  expect([address % 64, allocator.live().blocks]).toEqual([0, 1]);
  allocator.deallocate(address, 1000, 64);
  expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 });
}
