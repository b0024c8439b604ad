import { AllomorphError, system, type Address, type Allocator, type RawAllocator } from 'allomorph';

/** An allocator written in JavaScript: the system's checked functions, with a limit, and with a log of what is live. */
export class Scripted implements Allocator {
  readonly name = 'scripted';
  readonly unsafe: RawAllocator = system.unsafe;
  readonly live = new Map<Address, { size: number; align: number }>();
  /** Bytes at most. */
  limit = Infinity;
  /** What the next `deallocate` throws. */
  refusal: Error | undefined;

  get bytes(): number {
    return [...this.live.values()].reduce((sum, { size }) => sum + size, 0);
  }

  allocate(size: number, align: number): Address {
    const usable = this.usableSize(size, align);
    this.#reserve(usable);
    const address = system.allocate(usable, align);
    this.live.set(address, { size: usable, align });
    return address;
  }

  deallocate(address: Address, oldSize: number, align: number): void {
    const { refusal } = this;
    this.refusal = undefined;
    if (refusal !== undefined) throw refusal;
    system.deallocate(address, this.usableSize(oldSize, align), align);
    this.live.delete(address);
  }

  reallocate(address: Address, oldSize: number, size: number, align: number): Address {
    const [before, after] = [this.usableSize(oldSize, align), this.usableSize(size, align)];
    this.#reserve(after - before);
    const moved = system.reallocate(address, before, after, align);
    this.live.delete(address);
    this.live.set(moved, { size: after, align });
    return moved;
  }

  reallocateInplace(address: Address, oldSize: number, size: number, align: number): number {
    return system.reallocateInplace(address, this.usableSize(oldSize, align), size, align);
  }

  /** Classes of its own: multiples of 48. */
  usableSize(size: number, align: number): number {
    return align > 16 ? size : Math.ceil(size / 48) * 48;
  }

  #reserve(bytes: number): void {
    if (this.limit === Infinity || this.bytes + bytes <= this.limit) return;
    throw new AllomorphError('ERR_ALLOMORPH_OUT_OF_MEMORY', 'the limit of the script is reached');
  }
}
