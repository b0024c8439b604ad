import { AllomorphError } from '../errors/error.js';
import type { Allocator } from '../types.js';
import { nameOf } from './name.js';

/** Why an allocator that knows gave no memory. */
export interface Reason {
  /** As the end of a sentence. */
  readonly text: string;
  readonly advice: string;
  readonly values: Readonly<Record<string, number>>;
}

export interface Wanted {
  readonly size: number;
  readonly align: number;
  /** Of the block that was to become another size. */
  readonly oldSize?: number | undefined;
}

/** @returns undefined: it does not know; never throws */
type Explain = (wanted: Wanted) => Reason | undefined;

const known = new WeakMap<object, Explain>();

/** Has an allocator that stands in front of others asked why it gave no memory. */
export function explainsExhaustion<T extends Allocator>(allocator: T, explain: Explain): T {
  known.set(allocator, explain);
  return allocator;
}

/** Why the allocator had no memory a moment ago, as far as can be told now. */
export function reasonOf(allocator: object, wanted: Wanted): Reason | undefined {
  return known.get(allocator)?.(wanted);
}

/** The error of an allocator that had no memory. */
export function exhausted(
  allocator: Pick<Allocator, 'name'>,
  size: number,
  align: number,
  oldSize?: number,
): AllomorphError {
  const { text, advice, values } = reasonOf(allocator, { size, align, oldSize }) ?? unknown;
  return new AllomorphError(
    'ERR_ALLOMORPH_OUT_OF_MEMORY',
    `${nameOf(allocator)} could not provide ${String(size)} bytes (alignment ${String(align)}): ${text}. ${advice}`,
    { size, align, ...values },
  );
}

const unknown: Reason = {
  text: 'memory or address space is exhausted, or a limit (cgroup, ulimit -v) is reached',
  advice: 'Free blocks, ask for less, or raise the limit.',
  values: {},
};

/**
 * What is in front of one allocator and refuses nothing itself.
 * @param asks what it asks that one for
 */
export function reasonBehind<T extends Allocator>(
  front: T,
  behind: Allocator,
  asks: (wanted: Wanted) => Wanted = (wanted) => wanted,
): T {
  return explainsExhaustion(front, (wanted) => reasonOf(behind, asks(wanted)));
}
