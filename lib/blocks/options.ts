import { checkAlign } from '../allocators/arguments.js';
import { checkAllocator } from '../allocators/check-allocator.js';
import { AllomorphError } from '../errors/error.js';
import { globalAllocator } from '../global/global-allocator.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';
import type { Allocator } from '../types.js';

export interface BlockOptions {
  /** Bytes: a power of two, 1 to 2^30. Default: 16. */
  readonly align?: number | undefined;
  /** Any allocator, native, composed or written in JavaScript. Default: the global one. */
  readonly allocator?: Allocator | undefined;
  /**
   * Whether the bytes are set to 0, also those that `resize` adds. Default: false: they hold what was
   * in that memory before, perhaps secrets of this process.
   */
  readonly zero?: boolean | undefined;
}

interface Settings {
  align: number;
  allocator: Allocator;
  zero: boolean;
}

const names = ['align', 'allocator', 'zero'] as const;

const defaultAlign = 16;

/** @throws ERR_ALLOMORPH_INVALID_ALIGNMENT, ERR_ALLOMORPH_INVALID_ARGUMENT */
export function settingsOf(options: BlockOptions): Settings {
  checkOptions('Block.allocate', options, names);
  const { align = defaultAlign, allocator, zero = false } = options;
  checkAlign(align);
  if (typeof zero !== 'boolean') throw invalid('zero', 'true or false', zero);
  return {
    align,
    zero,
    allocator: allocator === undefined ? globalAllocator() : checkAllocator(allocator),
  };
}

function invalid(parameter: string, expected: string, value: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${parameter} must be ${expected}, got ${show(value)}. ` +
      'Block.allocate(size, { align, allocator, zero }).',
    { [parameter]: value },
  );
}
