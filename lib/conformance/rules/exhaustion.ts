import type { Rule } from '../rule.js';
import { impossibleSizes } from '../sizes.js';
import type { Subject } from '../subject.js';
import { callOn, type Tried } from '../tried.js';

/** 64 TiB: more than machines have, yet an address space may hold it without memory behind it. */
const hugeSize = 2 ** 46;

export const exhaustionRules: readonly Rule[] = [
  {
    id: 'exhaustion',
    text: 'allocate gives null when memory is exhausted',
    clause: 'Contract: allocate',
    run(subject) {
      for (const align of [1, 16, 4096]) {
        for (const size of impossibleSizes(subject)) {
          expectNull(subject, size, align);
        }
        const huge = subject.allocate(hugeSize, align);
        if (huge !== 0) useBothEnds(subject, { ...blank, address: huge, align });
      }
      // It is still of use.
      const block = subject.block(100, 1);
      subject.fill(block, 100);
      subject.verify(block, 'allocated after the exhaustion');
      subject.free(block);
      return undefined;
    },
  },
  {
    id: 'reallocate-null',
    text: 'a reallocate that gives null leaves the old block as it was',
    clause: 'Contract: reallocate',
    run(subject) {
      for (const size of [1, 24, 100, 1000, 5000, 200_000]) {
        for (const impossible of impossibleSizes(subject))
          failedReallocate(subject, size, impossible);
      }
      return undefined;
    },
  },
];

const blank = { size: hugeSize, seed: 1, filled: 0 };

/** Any address is a violation. */
function expectNull(subject: Subject, impossible: number, align: number): void {
  subject.allocate(impossible, align);
}

function useBothEnds(subject: Subject, block: Tried): void {
  subject.fill(block, 8);
  subject.fill({ ...block, address: (block.address + block.size - 8) as typeof block.address }, 8);
  subject.free(block);
}

function failedReallocate(subject: Subject, size: number, impossible: number): void {
  // A reallocate that is made of allocate and a copy would write to what that gives.
  expectNull(subject, impossible, 1);
  const block = subject.block(size, 1);
  subject.fill(block, size);
  const call = callOn(block, 'reallocate', size, impossible);
  subject.reallocate(block, impossible);
  subject.verify(block, `${call} gave null`);
  // One that was freed would be handed out again. Its content need not have changed by that: of a
  // single byte the pattern may be what the allocator keeps there.
  const others = Array.from({ length: 24 }, () => subject.block(size, 1));
  const after = `${call} gave null, and others were allocated`;
  subject.distinct([block, ...others], after);
  for (const other of others) subject.fill(other, size);
  subject.verify(block, after);
  for (const other of [block, ...others]) subject.free(other);
}
