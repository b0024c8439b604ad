import { showNumber } from '../../support/show.js';
import { Violation, type Rule } from '../rule.js';
import { minAlign, modestSizes } from '../sizes.js';
import type { Subject } from '../subject.js';
import { callOn, shown, type Tried } from '../tried.js';

const MiB = 1024 * 1024;

export const inplaceRules: readonly Rule[] = [
  {
    id: 'inplace-room',
    text: "reallocate_inplace never moves: the content stays, and the room it reports is the block's own",
    clause: 'Contract: reallocate_inplace',
    run(subject) {
      for (const size of modestSizes) {
        for (const wanted of [size + 4096, size * 2, size + 16, size + 1, Math.ceil(size / 2)]) {
          resizeAmongOthers(subject, size, wanted);
        }
      }
      return undefined;
    },
  },
  {
    id: 'inplace-result',
    text: 'reallocate_inplace gives at least the size, or, when it fails, usable_size(old_size, align)',
    clause: 'Contract: reallocate_inplace',
    run(subject) {
      for (const size of modestSizes) {
        for (const wanted of new Set([
          1,
          Math.ceil(size / 2),
          size,
          size + 1,
          size * 2,
          size + 8 * MiB,
        ])) {
          const block = subject.block(size, alignOf(size));
          subject.free(block, resize(subject, block, wanted));
        }
      }
      return undefined;
    },
  },
];

function alignOf(size: number): number {
  return size >= minAlign ? minAlign : 1;
}

/** @returns the size that the block has now, as reported */
export function resize(
  subject: Subject,
  block: Tried,
  wanted: number,
  oldSize = block.size,
): number {
  const usable = subject.usableSize(oldSize, block.align);
  const now: unknown = subject.reallocateInplace(block, wanted, oldSize);
  if (typeof now === 'number' && Number.isSafeInteger(now) && (now >= wanted || now === usable)) {
    return now;
  }
  throw new Violation(
    `${callOn(block, 'reallocate_inplace', oldSize, wanted)} gave ${showNumber(now)}: ` +
      `neither ${String(wanted)} or more, nor usable_size(${String(oldSize)}, ${String(block.align)}), which is ${String(usable)}`,
    { ...shown(block), oldSize, wanted, result: showNumber(now), usable },
  );
}

function resizeAmongOthers(subject: Subject, size: number, wanted: number): void {
  const align = alignOf(size);
  // Many, so that some lie side by side also where freed blocks are handed out first.
  const others = () => Array.from({ length: 12 }, () => subject.block(size, align));
  const before = others();
  const block = subject.block(size, align);
  const row = [...before, block, ...others()];
  for (const each of row) subject.fill(each, size);
  const call = callOn(block, 'reallocate_inplace', size, wanted);
  const now = subject.reallocateInplace(block, wanted);
  const after = `${call} gave ${String(now)}`;
  // What it has to say of a failure is a rule of its own.
  if (now >= wanted) {
    block.size = now;
    block.filled = Math.min(size, wanted);
  }
  subject.verify(block, after);
  // Before the room is written: it may not be the block's.
  const later = [size, wanted, size, wanted, size, size].map((each) =>
    subject.block(each, alignOf(each)),
  );
  subject.distinct([...row, ...later]);
  subject.verify(block, `${after}, and others were allocated`);
  subject.fill(block, block.size);
  for (const each of row) subject.verify(each, `${after}, and all of that was written`);
  for (const each of [...row, ...later]) subject.free(each);
}
