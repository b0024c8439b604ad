import { checkAllocator } from '../allocators/check-allocator.js';
import { AllomorphError } from '../errors/error.js';
import { globalAllocator } from '../global/global-allocator.js';
import { checkOptions } from '../support/options.js';
import { show } from '../support/show.js';
import type { Allocator } from '../types.js';
import type { LeakDetection } from './leak-detection.js';

export interface BufferPoolOptions {
  /** Where the memory comes from; the global allocator. */
  readonly allocator?: Allocator | undefined;
  /** Bytes of a slab: a power of two from 64 KiB to 1 GiB; 4 MiB, or what `limit` has room for. */
  readonly slabSize?: number | undefined;
  /**
   * Bytes: longer buffers get a block of their own. An integer from 1 to `slabSize`; a quarter of
   * `slabSize`, so that at least four buffers share a slab.
   */
  readonly maxSize?: number | undefined;
  /** The most bytes to hold of the backend, at least 64 KiB; none. Counted in whole slabs and blocks. */
  readonly limit?: number | undefined;
  /** Whether `free` overwrites the bytes with zeros, so that no later buffer can show them; false. */
  readonly scrub?: boolean | undefined;
  /** Whether `allocUnsafe` zeroes too, so that no buffer of the pool shows old bytes; false. */
  readonly zero?: boolean | undefined;
  /** Which allocations are watched for being forgotten: none, one of 128, all; `'off'`. */
  readonly leakDetection?: LeakDetection | undefined;
}

/** The options of a pool, complete and checked. */
export interface Settings {
  readonly allocator: Allocator;
  readonly slabSize: number;
  readonly maxSize: number;
  /** Infinity for none. */
  readonly limit: number;
  readonly scrub: boolean;
  readonly zero: boolean;
  readonly leakDetection: LeakDetection;
}

const names = [
  'allocator',
  'slabSize',
  'maxSize',
  'limit',
  'scrub',
  'zero',
  'leakDetection',
] as const;

const smallestSlab = 64 * 1024;
const largestSlab = 2 ** 30;
const usualSlab = 4 * 2 ** 20;

/** @throws ERR_ALLOMORPH_INVALID_ARGUMENT */
export function settingsOf(options: BufferPoolOptions): Settings {
  checkOptions('BufferPool', options, names);
  const { limit = Infinity, scrub = false, zero = false, leakDetection = 'off' } = options;
  if (limit !== Infinity && !isInteger(limit, smallestSlab, Number.MAX_SAFE_INTEGER)) {
    throw invalid('limit', 'an integer of at least 65536 (bytes)', limit);
  }
  const { slabSize = Math.min(usualSlab, 2 ** Math.floor(Math.log2(limit))) } = options;
  if (!isInteger(slabSize, smallestSlab, largestSlab) || (slabSize & (slabSize - 1)) !== 0) {
    throw invalid('slabSize', 'a power of two from 65536 to 1073741824 (bytes)', slabSize);
  }
  if (slabSize > limit) throw invalid('slabSize', `at most limit (${String(limit)})`, slabSize);
  const { maxSize = slabSize / 4 } = options;
  if (!isInteger(maxSize, 1, slabSize)) {
    throw invalid('maxSize', `an integer from 1 to slabSize (${String(slabSize)})`, maxSize);
  }
  if (typeof scrub !== 'boolean') throw invalid('scrub', 'true or false', scrub);
  if (typeof zero !== 'boolean') throw invalid('zero', 'true or false', zero);
  if (!['off', 'sampled', 'all'].includes(leakDetection)) {
    throw invalid('leakDetection', `'off', 'sampled' or 'all'`, leakDetection);
  }
  const allocator =
    options.allocator === undefined ? globalAllocator() : checkAllocator(options.allocator);
  return { allocator, slabSize, maxSize, limit, scrub, zero, leakDetection };
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function invalid(name: string, valid: string, value: unknown): AllomorphError {
  return new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${name} of a BufferPool must be ${valid}, got ${show(value)}.`,
    { [name]: value },
  );
}
