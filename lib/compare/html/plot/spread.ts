/**
 * Moves positions apart until each is at least `gap` from the next, and all are within the limits
 * as far as they have room; the order stays.
 */
export function spread(
  wanted: readonly number[],
  gap: number,
  [top, bottom]: readonly [number, number],
): readonly number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => at(wanted, a) - at(wanted, b));
  const placed = [...wanted];
  let least = top;
  for (const index of order) {
    placed[index] = Math.max(at(placed, index), least);
    least = at(placed, index) + gap;
  }
  // Where that went beyond the end, back up from there.
  let greatest = bottom;
  for (const index of order.reverse()) {
    placed[index] = Math.min(at(placed, index), greatest);
    greatest = at(placed, index) - gap;
  }
  return placed;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
