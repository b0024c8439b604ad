import { hex } from '../support/show.js';
import type { Address } from '../types.js';

/** A block, and how many of its bytes hold the pattern of its seed. */
export interface Tried {
  address: Address;
  size: number;
  readonly align: number;
  readonly seed: number;
  filled: number;
}

export function describe({
  address,
  size,
  align,
}: Pick<Tried, 'size' | 'align'> & { address: number }): string {
  return `${hex(address)} (${String(size)} bytes, alignment ${String(align)})`;
}

export function shown({ address, size, align }: Tried): Record<string, number | string> {
  return { address: hex(address), size, align };
}

/** @param sizes the old one, and the new one of a reallocation */
export function callOn({ address, align }: Tried, name: string, ...sizes: number[]): string {
  return `${name}(${[hex(address), ...sizes, align].join(', ')})`;
}
