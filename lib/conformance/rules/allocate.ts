import type { Effort, Rule } from '../rule.js';
import { minAlign, naturalAlignment, naturalAlignments, powers, sizes } from '../sizes.js';
import type { Subject } from '../subject.js';
import type { Tried } from '../tried.js';

const MiB = 1024 * 1024;

export const allocateRules: readonly Rule[] = [
  {
    id: 'allocate',
    text: 'allocate gives a block for every ordinary size',
    clause: 'Contract: allocate',
    run(subject) {
      for (const size of [...sizes, 16 * MiB, 64 * MiB]) {
        for (const align of naturalAlignments(size)) {
          subject.free(subject.block(size, align));
        }
      }
      return undefined;
    },
  },
  {
    id: 'alignment',
    text: `blocks are aligned as asked, up to ${String(minAlign)} (MIN_ALIGN) and the size`,
    clause: 'Contract: allocate; MIN_ALIGN',
    run(subject, effort) {
      for (const size of sizes) {
        for (const align of naturalAlignments(size)) alignedBlocks(subject, size, align, 4);
      }
      const held: Tried[] = [];
      for (let index = 0; index < (effort === 'full' ? 2000 : 500); index++) {
        const size = subject.size(8192);
        const block = subject.block(size, naturalAlignment(subject, size));
        subject.aligned(block);
        held.push(block);
      }
      for (const block of held) subject.free(block);
      return undefined;
    },
  },
  {
    id: 'alignment-above-size',
    text: `an alignment larger than the size is kept too, up to ${String(minAlign)} (MIN_ALIGN)`,
    clause: 'Historic bug 1: align > size',
    run(subject) {
      for (const align of powers(2, minAlign)) {
        // It shows on the second and later block of a class only.
        for (let size = 1; size < align; size++) alignedBlocks(subject, size, align, 24);
      }
      return undefined;
    },
  },
  {
    id: 'over-alignment',
    text: `alignments above ${String(minAlign)} (MIN_ALIGN) are kept, up to 2 MiB`,
    clause: 'Contract: allocate; align a power of two',
    run: overAligned,
  },
];

function overAligned(subject: Subject, effort: Effort): undefined {
  for (const align of powers(2 * minAlign, 2 * MiB)) {
    const isLarge = align > 4096;
    for (const size of new Set([1, 8, 24, 100, 5000, ...(isLarge ? [] : [align, 3 * align])])) {
      alignedBlocks(subject, size, align, isLarge || effort === 'brief' ? 4 : 16);
    }
  }
}

/** All live at a time: two of them would share the one address that happens to fit. */
function alignedBlocks(subject: Subject, size: number, align: number, count: number): void {
  const blocks = Array.from({ length: count }, () => {
    const block = subject.block(size, align);
    subject.aligned(block);
    return block;
  });
  for (const block of blocks) subject.free(block);
}
