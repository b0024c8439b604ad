/** Of a page, which is 1 MiB of addresses: one byte for each 16 of them. */
const granules = 2 ** 16;
/** Pages found without a look into the map: 256 MiB of heap in one piece. */
const ways = 256;

/**
 * Which blocks are live: a byte for each 16 bytes of address space, in pages that are made when an
 * address in them is first seen. It is what makes a double free or a foreign address an error, for
 * a nanosecond or two: an address leads to its byte by two multiplications and one look into a small
 * table of the pages used last, as a processor's TLB does.
 *
 * Costs 1/16 of the address space in which blocks lie, 64 KiB at least.
 */
export class LiveBlocks {
  /** 0: no live block starts here. Place 0 is 0 always. Replaced when it grows. */
  bytes: Uint8Array = new Uint8Array(2 * granules);
  /** Page numbers, and where their bytes begin. */
  readonly #tags = new Int32Array(ways).fill(-1);
  readonly #bases = new Int32Array(ways);
  readonly #pages = new Map<number, number>();
  #free: number[] = [granules];

  // The numbers stand written out below: a constant of the module would be read from memory, and a
  // division by what is read is a division, ten times a multiplication.

  /** Where the byte of an address is; 0 when nothing is known of it, or it is no address. */
  placeOf(address: number): number {
    // Both conversions are modulo 2^32: the comparison is what finds fractions, misalignment and
    // addresses beyond 2^51.
    const page = (address / 0x10_0000) | 0;
    const granule = (address / 16) & 0xffff;
    if (page * 0x10_0000 + granule * 16 !== address) return 0;
    const way = page & 0xff;
    if (this.#tags[way] !== page && this.#lookUp(page, way) === 0) return 0;
    return (this.#bases[way] ?? 0) + granule;
  }

  /** The same for a block that the allocator handed out; makes the page if need be. */
  placeFor(address: number): number {
    const page = (address / 0x10_0000) | 0;
    const way = page & 0xff;
    if (this.#tags[way] !== page && this.#lookUp(page, way) === 0) this.#add(page, way);
    return (this.#bases[way] ?? 0) + ((address / 16) & 0xffff);
  }

  #lookUp(page: number, way: number): number {
    const base = this.#pages.get(page) ?? 0;
    if (base !== 0) this.#remember(page, way, base);
    return base;
  }

  #remember(page: number, way: number, base: number): void {
    this.#tags[way] = page;
    this.#bases[way] = base;
  }

  #add(page: number, way: number): void {
    if (this.#free.length === 0) this.#makeRoom();
    const base = this.#free.pop() ?? 0;
    this.#pages.set(page, base);
    this.#remember(page, way, base);
  }

  /** Forgets pages without live blocks; when these are few, doubles the room, so that this is O(1) a page. */
  #makeRoom(): void {
    for (const [page, base] of this.#pages) {
      if (this.bytes.subarray(base, base + granules).some((state) => state !== 0)) continue;
      this.#pages.delete(page);
      this.#free.push(base);
    }
    this.#tags.fill(-1);
    if (this.#free.length * 4 > this.#pages.size) return;
    const { bytes } = this;
    this.bytes = new Uint8Array(2 * bytes.length);
    this.bytes.set(bytes);
    for (let base = bytes.length; base < this.bytes.length; base += granules) this.#free.push(base);
  }
}
