/**
 * Acts on each of them, also after one of the acts threw.
 * @throws what was thrown first, afterwards
 */
export function forAll<Item>(items: Iterable<Item>, act: (item: Item) => void): void {
  const thrown: unknown[] = [];
  for (const item of items) {
    try {
      act(item);
    } catch (error) {
      thrown.push(error);
    }
  }
  if (thrown.length > 0) throw thrown[0];
}
