/** Every block of a magazine has this alignment: what a caller that asks for 16 or less gets. */
export const blockAlign = 16;

/** Every size class is a multiple of it, so that a size finds its class in a table. */
export const granule = 16;

/**
 * The sizes of the blocks that magazines hold, ascending; the last is `largest`, rounded up to 16.
 *
 * jemalloc's ladder (16 bytes apart up to 128, then four steps to each doubling: at most a fifth of a
 * block is lost), with each step as wide as the allocator's own class at that place: `usableSize`
 * says what a block can hold anyway.
 * @param usableSize of the allocator behind the magazines; bytes
 * @param largest bytes
 */
export function sizeClasses(
  usableSize: (size: number, align: number) => number,
  largest: number,
): number[] {
  const sizes: number[] = [];
  const end = Math.ceil(largest / granule) * granule;
  for (let size = 0; size < end;) {
    const next = Math.min(stepAfter(size), end);
    // Not the whole of it where one class would swallow the rest: an allocator of whole pages.
    const usable = Math.floor(usableSize(next, blockAlign) / granule) * granule;
    size = Math.min(Math.max(next, usable), end);
    sizes.push(size);
  }
  return sizes;
}

function stepAfter(size: number): number {
  if (size < 128) return size + granule;
  return size + 2 ** (Math.floor(Math.log2(size)) - 2);
}
