import { blockFault } from '../allocators/block-errors.js';
import type { ErrorCode } from '../errors/codes.js';
import { AllomorphError } from '../errors/error.js';
import type { FaultKind, NativeBlockFault, NativeCheckedBlock } from '../native/addon.js';
import { hex } from '../support/show.js';
import type { Address, Allocator } from '../types.js';
import type { CheckedBlock, CheckedFault } from './checked-allocator.js';
import { siteOf, type Stacks } from './stacks.js';

const codes: Record<FaultKind, ErrorCode> = {
  overflow: 'ERR_ALLOMORPH_CORRUPTED',
  underflow: 'ERR_ALLOMORPH_CORRUPTED',
  'use-after-free': 'ERR_ALLOMORPH_CORRUPTED',
  'double-free': 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
  'foreign-free': 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
  'interior-free': 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
  'wrong-size': 'ERR_ALLOMORPH_SIZE_MISMATCH',
  'wrong-alignment': 'ERR_ALLOMORPH_ALIGNMENT_MISMATCH',
};

/** What a call claimed about a block. */
interface Claim {
  readonly address: Address;
  readonly oldSize: number;
  readonly align: number;
}

/** The error of a call that found a fault; see {@link checked} for its values. */
export function faultError(
  allocator: Allocator,
  fault: NativeBlockFault,
  stacks: Stacks,
  claim: Claim,
): AllomorphError {
  // Whether it is another allocator's is known to the table of all blocks.
  if (fault.block === null) return blockFault(-2, allocator, claim);
  const described = describeFault(fault, fault.block, stacks, claim);
  const { message, ...rest } = described;
  return new AllomorphError(codes[fault.kind], `${allocator.name}: ${message}`, {
    ...rest,
    oldSize: claim.oldSize,
  });
}

export function describeFault(
  fault: NativeBlockFault,
  block: NativeCheckedBlock,
  stacks: Stacks,
  claim?: Claim,
): CheckedFault {
  const described = describeBlock(block, stacks);
  const { freedAt } = stacks.of(block.address);
  const freed = block.isFreed ? freedAt : undefined;
  return {
    kind: fault.kind,
    ...described,
    message:
      `${sentence(fault, block, claim)} The block at ${hex(block.address)} has ${String(block.size)} bytes ` +
      `(alignment ${String(block.align)}); it was allocated ${place(described.allocatedAt, described.nativeFrames)}` +
      (block.isFreed ? `, and freed ${place(freed, block.freedFrames)}.` : '.'),
    offset: fault.offset,
    value: fault.value,
    freedAt: freed,
    nativeFreedFrames: block.freedFrames,
  };
}

export function describeBlock(block: NativeCheckedBlock, stacks: Stacks): CheckedBlock {
  return {
    address: block.address,
    size: block.size,
    align: block.align,
    allocatedAt: stacks.of(block.address).allocatedAt,
    nativeFrames: block.allocatedFrames,
  };
}

/** Where something was done, as the end of a sentence. */
export function place(stack: string | undefined, nativeFrames: readonly string[]): string {
  if (stack !== undefined) return `at ${siteOf(stack)}`;
  const [frame] = nativeFrames;
  return frame === undefined ? 'at an unknown place' : `by native code at ${frame}`;
}

function sentence(fault: NativeBlockFault, block: NativeCheckedBlock, claim?: Claim): string {
  const byte = `the byte at offset ${String(fault.offset)} was overwritten with ${hex(fault.value)}`;
  switch (fault.kind) {
    case 'overflow':
      return `overflow: ${byte}, behind the end of a block.`;
    case 'underflow':
      return `underflow: ${byte}, before the start of a block.`;
    case 'use-after-free':
      return `use after free: ${byte} after the block was freed.`;
    case 'double-free':
      return 'double free: the block was freed already. Free each block once.';
    case 'wrong-size':
      return `wrong size: oldSize ${String(claim?.oldSize)} is not ${String(block.size)}. Pass the size it was last allocated or reallocated with.`;
    case 'wrong-alignment':
      return `wrong alignment: ${String(claim?.align)} is not ${String(block.align)}. Pass the alignment it was allocated with.`;
    case 'interior-free':
    case 'foreign-free':
      return `no block starts at ${hex(claim?.address ?? 0)}: that is offset ${String(fault.offset)} of one. Pass the address that allocate or reallocate returned.`;
  }
}
