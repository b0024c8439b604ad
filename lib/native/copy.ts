import { AllomorphError } from '../errors/error.js';
import { noMemory } from '../support/no-memory.js';
import { hex } from '../support/show.js';
import type { Address } from '../types.js';
import { addon } from './load.js';

const { magazines } = addon;
const { request } = magazines;

/**
 * Copies from one block to another one; they do not overlap. Each may be of an allocator that is written in JavaScript.
 * @throws ERR_ALLOMORPH_BAD_ALLOCATOR when one of them can be no memory
 */
export function copy(to: Address, from: Address, bytes: number): void {
  expectMemory(to, bytes);
  expectMemory(from, bytes);
  request[0] = to;
  request[1] = from;
  request[2] = bytes;
  magazines.copy();
}

/** @throws ERR_ALLOMORPH_BAD_ALLOCATOR */
export function expectMemory(address: Address, bytes: number): void {
  const reason = noMemory(address, bytes);
  if (reason === undefined) return;
  throw new AllomorphError(
    'ERR_ALLOMORPH_BAD_ALLOCATOR',
    `A block cannot be moved: an allocator gave the address ${hex(address)}, ${reason}`,
    { address, bytes },
  );
}
