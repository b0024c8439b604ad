import { defineAllocator, system, type Address } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

describe('a reallocate that is allocate and a copy writes to no address that is no memory', () => {
  const header = 16;
  const allocator = defineAllocator({
    name: 'header',
    // Null is not looked at.
    allocate: (size, align) => system.unsafe.allocate(size + header, align) + header,
    deallocate: (address, size, align) => {
      system.unsafe.deallocate((address - header) as Address, size + header, align);
    },
  });
  const fault = expect.objectContaining({
    code: 'ERR_ALLOMORPH_BAD_ALLOCATOR',
    message: expect.stringMatching(
      /^header is at fault: allocate of 4503599627370496 bytes aligned to 1 returned 0x10, /,
    ) as string,
  }) as Error;

  test.each(['checked', 'unsafe'] as const)('%s: the old block stays as it was', (door) => {
    const functions = door === 'checked' ? allocator : allocator.unsafe;
    const address = functions.allocate(100, 1);
    expect(() => functions.reallocate(address, 100, 2 ** 52, 1)).toThrow(fault);
    functions.deallocate(address, 100, 1);
    expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 });
  });
});
