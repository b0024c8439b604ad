import { AllomorphError } from '../errors/error.js';
import { lookAt } from '../support/look-at.js';
import { show } from '../support/show.js';
import type { Address } from '../types.js';

/**
 * The five functions of the ABI as you write them. They are called with valid sizes (1 to 2^53 - 1), alignments (powers of
 * two, 1 to 2^30) and, through the checked functions, blocks that are live. `oldSize` is any value from the size
 * asked for up to the usable size. `this` is the definition.
 */
export interface AllocatorDefinition {
  /** For messages. Not empty. */
  readonly name: string;
  /** @returns an address, or 0 when memory is exhausted */
  allocate(size: number, align: number): number;
  deallocate(address: Address, oldSize: number, align: number): void;
  /**
   * Left out: allocate, copy and deallocate.
   * @returns an address with the content up to the smaller size; 0 when memory is exhausted: the old block is intact then
   */
  reallocate?(address: Address, oldSize: number, size: number, align: number): number;
  /**
   * Left out: refused.
   * @returns the usable size that the block now has; it was resized if and only if that is >= `size`
   */
  reallocateInplace?(address: Address, oldSize: number, size: number, align: number): number;
  /**
   * Left out: the size.
   * @returns the size that a block of `size` can really hold; always the same, and for that size itself, too
   */
  usableSize?(size: number, align: number): number;
}

const required = ['allocate', 'deallocate'];
const optional = ['reallocate', 'reallocateInplace', 'usableSize'];

/** @throws ERR_ALLOMORPH_INVALID_ARGUMENT */
export function checkDefinition(value: unknown): AllocatorDefinition {
  if (typeof value !== 'object' || value === null) {
    throw invalid('definition', value, 'must be an object');
  }
  lookAt(
    () => {
      checkParts(value as Record<string, unknown>);
    },
    (reason) => invalid('definition', value, reason),
  );
  return value as AllocatorDefinition;
}

function checkParts(given: Record<string, unknown>): void {
  // Own ones only: the functions may be methods of a class, but a misspelt property is one of the object.
  for (const key of Object.keys(given)) {
    if (key !== 'name' && ![...required, ...optional].includes(key)) {
      throw invalid(`definition.${key}`, given[key], 'is no part of a definition');
    }
  }
  if (typeof given['name'] !== 'string' || given['name'] === '') {
    throw invalid('definition.name', given['name'], 'must be a string that is not empty');
  }
  for (const key of [...required, ...optional]) {
    const part = given[key];
    if (typeof part === 'function' || (part === undefined && optional.includes(key))) continue;
    throw invalid(`definition.${key}`, part, 'must be a function');
  }
}

function invalid(parameter: string, value: unknown, rule: string): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `defineAllocator: ${parameter} ${rule}, got ${show(value)}. A definition is { name, allocate, deallocate, ` +
      'reallocate?, reallocateInplace?, usableSize? }.',
    { [parameter]: value },
  );
}
