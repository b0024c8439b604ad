import { allocateMemory } from '../blocks/memory/unowned.js';
import type { FaultKind, NativeBlockFault, NativeCheckedBlock } from '../native/addon.js';
import { addon } from '../native/load.js';
import { forAll } from '../support/for-all.js';
import type { Address, Allocator } from '../types.js';
import type { CheckedStats } from './checked-allocator.js';
import { withRedzones } from './layout.js';

const { debugging } = addon;

/** The same bytes as native/compose/checked/memory.h. */
const freshByte = 0xa5;
const freedByte = 0xdf;
const redzoneByte = 0xfd;
/** So much is checked before a block whose alignment leaves more. */
const mostBefore = 4096;

/** A block with its redzones, in memory of the allocator behind. */
export interface Block {
  readonly address: Address;
  size: number;
  readonly align: number;
  readonly base: Address;
  readonly baseSize: number;
  readonly baseAlign: number;
  state: 'live' | 'freed' | 'kept';
  /** Its damage. */
  wasReported: boolean;
}

/** What native/compose/checked/ does at level poison, for memory of an allocator written in JavaScript. */
export class JavaScriptBlocks {
  readonly #behind: Allocator;
  readonly #most: number;
  readonly #blocks = new Map<number, Block>();
  readonly #quarantine = new Set<Block>();
  #quarantinedBytes = 0;
  #faults = 0;

  constructor(behind: Allocator, quarantine: number) {
    this.#behind = behind;
    this.#most = quarantine;
  }

  allocate(size: number, align: number): Address {
    const { size: baseSize, align: baseAlign } = withRedzones({ size, align });
    const before = baseAlign;
    const base = allocateMemory(this.#behind, baseSize, baseAlign);
    const address = (base + before) as Address;
    const rest: Pick<Block, 'state' | 'wasReported'> = { state: 'live', wasReported: false };
    const block = { address, size, align, base, baseSize, baseAlign, ...rest };
    const { low } = around(block);
    debugging.fill(low, address - low, redzoneByte);
    debugging.fill(address, size, freshByte);
    this.shrink(block, size);
    this.#blocks.set(address, block);
    return address;
  }

  /**
   * The live block that is meant, or what is wrong. Makes room in the quarantine: the allocator behind may call this one
   * from there, and free the very block.
   */
  inspect(address: Address, oldSize: number, align: number): Block | NativeBlockFault {
    const block = this.#blocks.get(address);
    const fault =
      block === undefined ? this.#misplaced(address) : faultOfClaim(block, oldSize, align);
    if (block === undefined || fault !== undefined) {
      this.#faults += 1;
      return fault ?? { kind: 'foreign-free', offset: 0, value: -1, block: null };
    }
    return this.#makeRoom(block.baseSize) ?? this.#freedMeanwhile(block) ?? block;
  }

  #freedMeanwhile(block: Block): NativeBlockFault | undefined {
    if (block.state === 'live' && this.#blocks.get(block.address) === block) return undefined;
    this.#faults += 1;
    return faultOf('double-free', block, 0);
  }

  /**
   * Ends a live block: into the quarantine, or kept for ever when it was damaged.
   * @throws what the allocator behind throws; the block is live then
   */
  free(block: Block): void {
    if (block.wasReported) {
      block.state = 'kept';
      return;
    }
    if (block.baseSize > this.#most) {
      this.#giveBack(block);
      return;
    }
    this.#enterQuarantine(block);
  }

  /**
   * @returns what is wrong: the allocator behind freed the block as it was asked for another one, which is given back then
   * @throws as `free`; the new block is given back then
   */
  move(from: Block, to: Address, size: number): NativeBlockFault | undefined {
    const fault = this.#freedMeanwhile(from);
    if (fault !== undefined) {
      this.#drop(to);
      return fault;
    }
    debugging.copy(to, from.address, Math.min(from.size, size));
    try {
      this.free(from);
    } catch (error) {
      this.#drop(to);
      throw error;
    }
    return undefined;
  }

  shrink(block: Block, size: number): void {
    block.size = size;
    const end = block.address + size;
    debugging.fill(end, around(block).high - end, redzoneByte);
  }

  verify(): NativeBlockFault[] {
    return [...this.#blocks.values()].flatMap((block) => damageOf(block) ?? []);
  }

  live(): NativeCheckedBlock[] {
    return [...this.#blocks.values()].filter(({ state }) => state === 'live').map(described);
  }

  stats(): CheckedStats {
    const live = this.live();
    return {
      liveBlocks: live.length,
      liveBytes: live.reduce((sum, { size }) => sum + size, 0),
      quarantinedBlocks: this.#quarantine.size,
      quarantinedBytes: this.#quarantinedBytes,
      keptBlocks: this.#blocks.size - live.length - this.#quarantine.size,
      faults: this.#faults,
      guardedBlocks: 0,
      unguardedBlocks: 0,
    };
  }

  /**
   * All but live blocks.
   * @throws what the allocator behind threw first, afterwards; what it refused is still here
   */
  giveBack(): void {
    const held = [...this.#blocks.values()].filter(({ state }) => state !== 'live');
    forAll(held, (block) => {
      this.#giveBack(block);
    });
  }

  #misplaced(address: number): NativeBlockFault | undefined {
    for (const block of this.#blocks.values()) {
      if (address < block.base || address >= block.base + block.baseSize) continue;
      return faultOf('interior-free', block, address - block.address);
    }
    return undefined;
  }

  /** @returns the first block that was written to after it was freed; it is kept */
  #makeRoom(size: number): NativeBlockFault | undefined {
    if (size > this.#most) return undefined;
    for (const oldest of this.#quarantine) {
      if (this.#quarantinedBytes + size <= this.#most) break;
      const fault = damageOf(oldest);
      if (fault === undefined) {
        this.#giveBack(oldest);
        continue;
      }
      this.#leaveQuarantine(oldest);
      oldest.state = 'kept';
      this.#faults += 1;
      return fault;
    }
    return undefined;
  }

  /** Forgets it before the call, in which its memory may become another block. @throws when it is refused, and still here */
  #giveBack(block: Block): void {
    const wasQuarantined = this.#leaveQuarantine(block);
    this.#blocks.delete(block.address);
    try {
      this.#behind.deallocate(block.base, block.baseSize, block.baseAlign);
    } catch (error) {
      this.#blocks.set(block.address, block);
      if (wasQuarantined) this.#enterQuarantine(block);
      throw error;
    }
  }

  /** One that no caller knows yet. When it is refused it waits in the quarantine, to be offered again. */
  #drop(address: Address): void {
    const block = this.#blocks.get(address);
    if (block === undefined) return;
    try {
      this.#giveBack(block);
    } catch {
      this.#enterQuarantine(block);
    }
  }

  #enterQuarantine(block: Block): void {
    if (block.state === 'live') debugging.fill(block.address, block.size, freedByte);
    block.state = 'freed';
    this.#quarantine.add(block);
    this.#quarantinedBytes += block.baseSize;
  }

  #leaveQuarantine(block: Block): boolean {
    const wasIn = this.#quarantine.delete(block);
    if (wasIn) this.#quarantinedBytes -= block.baseSize;
    return wasIn;
  }
}

/** The bytes around a block that are checked. */
function around({ address, base, baseSize }: Block): { low: number; high: number } {
  return { low: Math.max(base, address - mostBefore), high: base + baseSize };
}

function faultOfClaim(block: Block, oldSize: number, align: number): NativeBlockFault | undefined {
  if (block.state !== 'live') return faultOf('double-free', block, 0);
  if (align !== block.align) return faultOf('wrong-alignment', block, 0);
  if (oldSize !== block.size) return faultOf('wrong-size', block, 0);
  if (block.wasReported) return undefined;
  const damage = damageOf(block);
  block.wasReported = damage !== undefined;
  return damage;
}

function damageOf(block: Block): NativeBlockFault | undefined {
  const { address, size, state } = block;
  if (state === 'kept') return undefined;
  const { low, high } = around(block);
  const end = address + size;
  const inside = state === 'freed' ? debugging.firstOther(address, size, freedByte) : -1;
  if (inside >= 0) return written('use-after-free', block, inside);
  const behind = debugging.firstOther(end, high - end, redzoneByte);
  if (behind >= 0) return written('overflow', block, size + behind);
  const before = debugging.firstOther(low, address - low, redzoneByte);
  return before < 0 ? undefined : written('underflow', block, low + before - address);
}

function written(kind: FaultKind, block: Block, offset: number): NativeBlockFault {
  return { ...faultOf(kind, block, offset), value: debugging.byteAt(block.address + offset) };
}

function faultOf(kind: FaultKind, block: Block, offset: number): NativeBlockFault {
  return { kind, offset, value: -1, block: described(block) };
}

function described({ address, size, align, state }: Block): NativeCheckedBlock {
  return { address, size, align, isFreed: state !== 'live', allocatedFrames: [], freedFrames: [] };
}
