import { Unthrowing } from '../../magazines/unthrowing.js';
import type { Allocator } from '../../types.js';
import { nameBehind } from '../behind.js';

/** What a building block calls of an allocator behind it: its checked functions, with 0 for exhaustion. */
export class Door extends Unthrowing {
  /** Of the allocator, for warnings. */
  readonly name: string;

  constructor(allocator: Allocator) {
    super(allocator);
    this.name = nameBehind(allocator);
  }
}
