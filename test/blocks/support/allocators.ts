import { jemalloc, system, type Address, type Allocator } from 'allomorph';

export const backends = jemalloc.available ? [system, jemalloc] : [system];

interface Written extends Allocator {
  /** Blocks that it handed out and did not get back. */
  readonly live: Map<Address, number>;
}

/** An allocator in JavaScript that passes each call on to another one's checked door. */
export function passingOn(inner: Allocator): Written {
  const live = new Map<Address, number>();
  const allocator: Written = {
    name: `passing on to ${inner.name}`,
    live,
    allocate(size, align) {
      const address = inner.allocate(size, align);
      live.set(address, size);
      return address;
    },
    deallocate(address, oldSize, align) {
      inner.deallocate(address, oldSize, align);
      live.delete(address);
    },
    reallocate(address, oldSize, size, align) {
      const moved = inner.reallocate(address, oldSize, size, align);
      live.delete(address);
      live.set(moved, size);
      return moved;
    },
    reallocateInplace: (address, oldSize, size, align) =>
      inner.reallocateInplace(address, oldSize, size, align),
    usableSize: (size, align) => inner.usableSize(size, align),
    get unsafe() {
      return allocator;
    },
  };
  return allocator;
}

const slotSize = 64 * 1024;
const slotAlign = 4096;

/**
 * An allocator in JavaScript that cuts slots of 64 KiB out of one large block, and so resizes in
 * place up to that.
 */
export function slots(inner: Allocator, count: number): Written & { close(): void } {
  const start = inner.allocate(count * slotSize, slotAlign);
  const free = Array.from({ length: count }, (_, index) => (start + index * slotSize) as Address);
  const live = new Map<Address, number>();
  const known = (address: Address) => {
    if (!live.has(address)) throw new Error(`no live slot at ${address}`);
  };
  const allocator: Written & { close(): void } = {
    name: 'slots',
    live,
    allocate(size) {
      const slot = size <= slotSize ? free.pop() : undefined;
      if (slot === undefined) throw new Error('no slot left');
      live.set(slot, size);
      return slot;
    },
    deallocate(address) {
      known(address);
      live.delete(address);
      free.push(address);
    },
    reallocate() {
      throw new Error('not expected');
    },
    reallocateInplace(address) {
      known(address);
      return slotSize;
    },
    usableSize: (size) => Math.max(size, slotSize),
    close: () => inner.deallocate(start, count * slotSize, slotAlign),
    get unsafe() {
      return allocator;
    },
  };
  return allocator;
}
