import type { Rule } from '../rule.js';
import { minAlign, modestSizes, naturalAlignment, powers } from '../sizes.js';
import type { Subject } from '../subject.js';

const MiB = 1024 * 1024;

export const reallocateRules: readonly Rule[] = [
  {
    id: 'reallocate',
    text: 'reallocate keeps the content up to the smaller size, and leaves other blocks alone',
    clause: 'Contract: reallocate',
    run(subject, effort) {
      upAndDown(subject);
      amongOthers(subject, effort === 'full' ? 4000 : 800);
      return undefined;
    },
  },
  {
    id: 'reallocate-over-aligned',
    text: `reallocate keeps content and alignment above ${String(minAlign)} (MIN_ALIGN)`,
    clause: 'Historic bug 2: over-aligned realloc that shifts data',
    run(subject) {
      for (const align of powers(2 * minAlign, 65_536)) overAligned(subject, align);
      return undefined;
    },
  },
];

function upAndDown(subject: Subject): void {
  for (const align of powers(1, minAlign)) {
    const fitting = modestSizes.filter((size) => size >= align);
    const block = subject.block(align, align);
    for (const size of [...fitting, 2 * MiB, ...[...fitting].reverse()]) {
      subject.fill(block, Math.min(block.size, MiB));
      subject.moved(block, size);
    }
    subject.free(block);
  }
}

function amongOthers(subject: Subject, steps: number): void {
  const blocks = Array.from({ length: 40 }, () => {
    const size = subject.size(4096);
    const block = subject.block(size, naturalAlignment(subject, size));
    subject.fill(block, size);
    return block;
  });
  for (let step = 0; step < steps; step++) {
    const block = subject.pick(blocks);
    subject.moved(block, Math.max(block.align, subject.size(16_384)));
    if (step % 100 === 0) subject.distinct(blocks);
    subject.fill(block, block.size);
  }
  for (const block of blocks) subject.verify(block, 'after others were reallocated');
  for (const block of blocks) subject.free(block);
}

function overAligned(subject: Subject, align: number): void {
  for (const [from, to] of [
    [40, 200],
    [100, 100_000],
    [100_000, 100],
    [5000, 5001],
  ] as const) {
    const blocks = Array.from({ length: 4 }, () => subject.block(from, align));
    for (const block of blocks) {
      subject.aligned(block);
      subject.fill(block, from);
    }
    for (const block of blocks) subject.moved(block, to);
    for (const block of blocks) subject.free(block);
  }
}
