import { AllomorphError } from '../errors/error.js';
import { lookAt } from '../support/look-at.js';
import { show } from '../support/show.js';
import type { Allocator } from '../types.js';

/** The five functions. */
export const allocatorMethods = [
  'allocate',
  'deallocate',
  'reallocate',
  'reallocateInplace',
  'usableSize',
] as const satisfies readonly (keyof Allocator)[];

/**
 * Refuses what cannot be an allocator. What its functions do can only be trusted: an allocator
 * written in JavaScript decides which addresses are memory.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT
 */
export function checkAllocator(value: unknown, parameter = 'allocator'): Allocator {
  if (typeof value === 'object' && value !== null) {
    const missing = lookAt(
      () => allocatorMethods.find((name) => typeof (value as Allocator)[name] !== 'function'),
      (reason) => invalid(value, parameter, `it ${reason}`),
    );
    if (missing === undefined) return value as Allocator;
    throw invalid(value, parameter, `it has no function ${missing}`);
  }
  throw invalid(value, parameter, 'that is no object');
}

function invalid(value: unknown, parameter: string, reason: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${parameter} must be an allocator, got ${show(value)}: ${reason}. ` +
      'Pass system, jemalloc, globalAllocator(), or an object with the five functions of Allocator.',
    { [parameter]: value },
  );
}
