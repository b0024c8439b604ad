import { Violation, type Rule } from '../rule.js';
import { largeSizes, minAlign, modestSizes, naturalAlignments, powers, sizes } from '../sizes.js';
import type { Subject } from '../subject.js';

const alignments = powers(1, 4096);

export const usableRules: readonly Rule[] = [
  {
    id: 'usable-size',
    text: 'usable_size is at least the size, and always the same for the same arguments',
    clause: 'Contract: usable_size',
    run(subject) {
      for (const size of sizes) {
        for (const align of alignments) {
          const usable = subject.usableSize(size, align);
          expectUsable(subject, size, align, usable, 'asked again');
        }
        const block = subject.block(size, 1);
        const usable = subject.usableSize(size, 1);
        subject.free(block);
        expectUsable(subject, size, 1, usable, 'after a block of that size was freed');
      }
      return undefined;
    },
  },
  {
    id: 'usable-size-stable',
    text: 'usable_size is the same for every old_size that one block may be given back with',
    clause:
      'Contract: old_size in [requested, usable]; reallocate_inplace reports usable_size(old_size)',
    run(subject) {
      for (const size of sizes) {
        for (const align of alignments) {
          const usable = subject.usableSize(size, align);
          for (const oldSize of [usable, subject.integer(size, usable)]) {
            const again = subject.usableSize(oldSize, align);
            if (again === usable) continue;
            throw new Violation(
              `usable_size(${String(size)}, ${String(align)}) is ${String(usable)}, so ${String(oldSize)} is an ` +
                `old_size of the same block, but usable_size(${String(oldSize)}, ${String(align)}) is ${String(again)}`,
              { size, align, usable, oldSize, again },
            );
          }
        }
      }
      return undefined;
    },
  },
  {
    id: 'usable-room',
    text: 'all bytes up to usable_size belong to the block',
    clause: 'Contract: usable_size',
    run(subject) {
      for (const size of modestSizes) {
        for (const align of naturalAlignments(size)) fillUsable(subject, size, align, 24);
      }
      for (const size of largeSizes) fillUsable(subject, size, minAlign, 3);
      return undefined;
    },
  },
  {
    id: 'old-size',
    text: 'deallocate and reallocate take any old_size from the requested to the usable size',
    clause: 'Contract: old_size in [requested, usable]',
    run(subject) {
      for (const size of modestSizes) {
        for (const align of naturalAlignments(size)) anyOldSize(subject, size, align);
      }
      for (const size of largeSizes) anyOldSize(subject, size, minAlign);
      return undefined;
    },
  },
];

function expectUsable(
  subject: Subject,
  size: number,
  align: number,
  expected: number,
  when: string,
): void {
  const usable = subject.usableSize(size, align);
  if (usable === expected) return;
  throw new Violation(
    `usable_size(${String(size)}, ${String(align)}) was ${String(expected)} and is ${String(usable)}, ${when}`,
    { size, align, first: expected, second: usable },
  );
}

function fillUsable(subject: Subject, size: number, align: number, count: number): void {
  const usable = subject.usableSize(size, align);
  const blocks = Array.from({ length: count }, () => subject.block(size, align));
  subject.distinct(blocks.map((block) => ({ ...block, size: usable })));
  for (const block of blocks) subject.fill(block, usable);
  for (const block of blocks) subject.verify(block, 'all of its usable size was written');
  for (const block of blocks) subject.free(block);
}

function anyOldSize(subject: Subject, size: number, align: number): void {
  const usable = subject.usableSize(size, align);
  const between = subject.integer(size, usable);
  for (const oldSize of new Set([size, between, usable])) {
    subject.free(subject.block(size, align), oldSize);
    const block = subject.block(size, align);
    subject.expectRoom(block, usable);
    subject.fill(block, oldSize);
    subject.moved(block, oldSize * 2 + 1, oldSize);
    subject.free(block);
  }
}
