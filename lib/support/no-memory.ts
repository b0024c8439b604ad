import { AllomorphError } from '../errors/error.js';
import type { Address } from '../types.js';
import { hex } from './show.js';

/** Systems keep them empty, so that what is null and an offset faults: vm.mmap_min_addr of Linux, and Windows. */
const emptyBytes = 65_536;

/** Linux on x64 leaves the last page out, as processors fault behind it; Windows leaves out more. */
const ends: Readonly<Record<string, number>> = {
  x64: 2 ** 47 - 4096,
  arm64: 2 ** 48,
  ia32: 2 ** 32,
  arm: 2 ** 32,
};

/** The end of what a system gives a process that does not ask for more by an address. Others have wider ones. */
export const endOfMemory = ends[process.arch] ?? 2 ** 53;

/**
 * Why no memory can be at an address, seen from the address alone, as the end of a sentence; undefined: it may be memory.
 * @param bytes of which all would have to be memory
 */
export function noMemory(address: number, bytes: number): string | undefined {
  if (address < emptyBytes) {
    return 'where no memory can be: the first 64 KiB of an address space are empty. Was null, which means exhausted, looked at before an offset was added?';
  }
  if (!(address + bytes <= endOfMemory)) {
    return `and ${String(bytes)} bytes from there reach beyond the end of the address space`;
  }
  return undefined;
}

/**
 * Before what an allocator in JavaScript gave is written to.
 * @param name of the allocator
 * @throws ERR_ALLOMORPH_BAD_ALLOCATOR when no memory can be there
 */
export function checkMemory(name: string, address: Address, size: number, align: number): void {
  const reason = noMemory(address, size);
  if (reason === undefined) return;
  const called = `allocate of ${String(size)} bytes aligned to ${String(align)}`;
  throw new AllomorphError(
    'ERR_ALLOMORPH_BAD_ALLOCATOR',
    `${name} is at fault: ${called} returned ${hex(address)}, ${reason}`,
    { address, size, align },
  );
}
