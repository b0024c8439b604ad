import type { Address } from '../types.js';
import { addon } from './load.js';

const { magazines } = addon;
const { request } = magazines;

/** Copies from one block to another one; they do not overlap. */
export function copy(to: Address, from: Address, bytes: number): void {
  request[0] = to;
  request[1] = from;
  request[2] = bytes;
  magazines.copy();
}
