import koffi from 'koffi';

// The C library's own functions, on bare addresses: the tests look at memory through other code
// than the one under test.
const libc = koffi.load(null);
const memcpyIn = libc.func('memcpy', 'void*', ['uintptr_t', 'void*', 'size_t']) as unknown as (
  to: number,
  from: Uint8Array,
  length: number,
) => void;
const memcmp = libc.func('memcmp', 'int', ['uintptr_t', 'void*', 'size_t']) as unknown as (
  left: number,
  right: Uint8Array,
  length: number,
) => number;

const period = 4093; // prime, so that no size class is a multiple of it

// Made once: inside Jest's context each use of a global such as Math is slow.
const noise = (() => {
  const bytes = new Uint8Array(2 * period);
  let state = 1;
  for (let index = 0; index < bytes.length; index++) {
    state = (state * 48_271) % 0x7fffffff; // Park and Miller's generator
    bytes[index] = state >>> 8;
  }
  return bytes;
})();

/** A sequence that differs at every offset and between neighbouring seeds. */
function pattern(length: number, seed: number): Uint8Array {
  const start = (seed * 613) % period;
  return noise.subarray(start, start + (length < period ? length : period));
}

function forEachChunk(
  length: number,
  unit: Uint8Array,
  visit: (offset: number, size: number) => boolean,
): boolean {
  for (let offset = 0; offset < length; offset += unit.length) {
    if (!visit(offset, Math.min(unit.length, length - offset))) return false;
  }
  return true;
}

/** Writes the pattern of `seed` over a block. */
export function fill(address: number, length: number, seed: number): void {
  const unit = pattern(length, seed);
  forEachChunk(length, unit, (offset, size) => {
    memcpyIn(address + offset, unit, size);
    return true;
  });
}

/** Whether the first `length` bytes are those that `fill` with the same seed wrote, for any longer block. */
export function holds(address: number, length: number, seed: number): boolean {
  const unit = pattern(length, seed);
  return forEachChunk(length, unit, (offset, size) => memcmp(address + offset, unit, size) === 0);
}
