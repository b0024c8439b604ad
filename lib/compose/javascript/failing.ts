import type { Written } from '../../define/checked-allocator.js';
import type { Address, RawAllocator } from '../../types.js';
import type { FailingSettings } from '../failing.js';

/** native/compose/failing.c over an allocator in JavaScript: fails in the same places. */
export class WrittenFailing implements Written {
  failures = 0;
  /** The last call was made to. */
  hasFailed = false;
  readonly #behind: RawAllocator;
  readonly #settings: FailingSettings;
  #calls = 0;

  constructor(behind: RawAllocator, settings: FailingSettings) {
    this.#behind = behind;
    this.#settings = settings;
  }

  allocate(size: number, align: number): Address {
    return this.#fails() ? (0 as Address) : this.#behind.allocate(size, align);
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    this.#behind.deallocate(address, oldSize, align);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    return this.#fails() ? (0 as Address) : this.#behind.reallocate(address, oldSize, size, align);
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return this.#behind.reallocateInplace(address, oldSize, size, align);
  }

  usableSize(size: number, align: number): number {
    return this.#behind.usableSize(size, align);
  }

  #fails(): boolean {
    const { after, probability, seed } = this.#settings;
    const place = this.#calls++;
    const passes = place < after && (probability === 0 || numberAt(seed, place) >= probability);
    if (!passes) this.failures += 1;
    this.hasFailed = !passes;
    return !passes;
  }
}

/** The number at a place of the splitmix64 sequence, 0 to below 1: `number_at` in native/compose/failing.c. */
function numberAt(seed: number, place: number): number {
  let mixed = BigInt.asUintN(64, BigInt(seed) + BigInt(place + 1) * 0x9e3779b97f4a7c15n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  mixed ^= mixed >> 31n;
  return Number(mixed >> 11n) / 2 ** 53;
}
