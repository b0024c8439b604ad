import type { Subject } from './subject.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Around every boundary that size classes, pages and mappings usually have. */
export const sizes: readonly number[] = [
  ...[1, 2, 3, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 40, 48, 63, 64, 65, 100, 127, 128, 129],
  ...[
    255, 256, 257, 500, 1000, 1024, 1025, 2048, 4095, 4096, 4097, 10_000, 16_384, 65_536, 100_000,
  ],
  ...[131_072, 262_145, MiB, 4 * MiB + 1],
];
export const modestSizes = sizes.filter((size) => size <= 64 * KiB);
/** Of these, fewer blocks at a time. */
export const largeSizes = sizes.filter((size) => size > 64 * KiB);

/** `MIN_ALIGN` of ABI.md: what a malloc aligns every block to; native/platform/min_align.h. */
export const minAlign = process.arch === 'ia32' || process.arch === 'arm' ? 8 : 16;

/** 1 … MIN_ALIGN, none above the size: what needs no aligned call. */
export function naturalAlignments(size: number): number[] {
  return powers(1, Math.min(size, minAlign));
}

/** Of these, one. */
export function naturalAlignment(subject: Subject, size: number): number {
  return subject.pick(naturalAlignments(size));
}

/** The powers of two from `low`, which is one, to `high`. */
export function powers(low: number, high: number): number[] {
  const result: number[] = [];
  for (let power = low; power <= high; power *= 2) result.push(power);
  return result;
}

/** From here on no address space holds it. */
export const leastImpossible = 2 ** 52;

/** What no address space holds. An allocator in JavaScript gets numbers that are exact. */
export function impossibleSizes(subject: Subject): number[] {
  return subject.backend === undefined ? [leastImpossible] : [leastImpossible, 2 ** 60];
}
