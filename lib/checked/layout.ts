// What is asked of the allocator behind, where a block is wanted. A reallocation is a new block.

interface Asked {
  readonly size: number;
  readonly align: number;
}

const redzone = 16;
const largestNative = 256;

export function withRedzones({ size, align }: Asked): Asked {
  const before = Math.max(redzone, align);
  return { size: Math.min(before + size + redzone, Number.MAX_SAFE_INTEGER), align: before };
}

/** As lay_out_poisoned of native/compose/checked/layout.c, which is also what is tried last where pages guard. */
export function withNativeRedzones({ size, align }: Asked): Asked {
  const around = Math.min(Math.max(roundedUp(size / 8, redzone), redzone), largestNative);
  return {
    size: roundedUp(roundedUp(around, align) + size + around, redzone),
    align: Math.max(align, redzone),
  };
}

function roundedUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}
