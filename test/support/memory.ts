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

/** A sequence that differs at every offset and between seeds; its period is prime. */
function pattern(length: number, seed: number): Uint8Array {
  const unit = new Uint8Array(Math.min(length, 4093));
  for (let index = 0; index < unit.length; index++) {
    unit[index] = (Math.imul(index + 1, 0x9e3779b1) + Math.imul(seed + 1, 0x85ebca6b)) >>> 16;
  }
  return unit;
}

function forEachChunk(length: number, unit: Uint8Array, visit: (offset: number, size: number) => boolean): boolean {
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
