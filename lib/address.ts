import { invalidAddress } from './allocators/arguments.js';
import { AllomorphError } from './errors/error.js';
import { show } from './support/show.js';
import type { Address } from './types.js';

/**
 * An address as a bigint, which is what node:ffi, koffi and `BigInt64Array` take.
 * @throws ERR_ALLOMORPH_INVALID_ADDRESS unless it is a positive integer below 2^53
 */
export function toBigInt(address: Address): bigint {
  if (!(Number.isSafeInteger(address) && address > 0)) throw invalidAddress(address, 1);
  return BigInt(address);
}

/**
 * The address that a bigint holds.
 * @throws ERR_ALLOMORPH_INVALID_ADDRESS unless it is a bigint from 1 to 2^53 - 1
 */
export function fromBigInt(value: bigint): Address {
  if (typeof value !== 'bigint' || value <= 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ADDRESS',
      `value must be a bigint from 1n to 2n ** 53n - 1n, got ${show(value)}. ` +
        'Pass an address as node:ffi and koffi give it.',
      { value },
    );
  }
  return Number(value) as Address;
}
