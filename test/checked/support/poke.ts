import koffi from 'koffi';

const memset = koffi
  .load(null)
  .func('memset', 'void*', ['uintptr_t', 'int', 'size_t']) as unknown as (
  to: number,
  byte: number,
  size: number,
) => void;

/** Writes one byte, wherever that is. */
export function poke(address: number, byte = 0x42): void {
  memset(address, byte, 1);
}
