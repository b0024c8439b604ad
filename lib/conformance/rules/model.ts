import type { Effort, Rule } from '../rule.js';
import { minAlign, naturalAlignment, powers } from '../sizes.js';
import type { Subject } from '../subject.js';
import type { Tried } from '../tried.js';
import { resize } from './inplace.js';

export const modelRules: readonly Rule[] = [
  {
    id: 'model',
    text: `random calls of all five functions keep every block, alignments up to ${String(minAlign)}`,
    clause: 'Contract, as a whole',
    run(subject, effort) {
      randomCalls(subject, effort, naturalAlignment);
      return undefined;
    },
  },
  {
    id: 'model-over-aligned',
    text: `random calls of all five functions keep every block, alignments from ${String(2 * minAlign)} to 64 KiB`,
    clause: 'Contract, as a whole',
    run(subject, effort) {
      randomCalls(subject, effort, overAlignment);
      return undefined;
    },
  },
];

/** A block, and the largest `old_size` it may be given back with. */
interface Held {
  readonly block: Tried;
  usable: number;
}

const mostBlocks = 300;
const overAlignments = powers(2 * minAlign, 65_536);

function randomCalls(
  subject: Subject,
  effort: Effort,
  alignment: (subject: Subject, size: number) => number,
): void {
  const held: Held[] = [];
  for (let step = 0; step < (effort === 'full' ? 20_000 : 3000); step++) {
    const draw = subject.random();
    if (held.length === 0 || (held.length < mostBlocks && draw < 0.45)) {
      held.push(allocate(subject, alignment));
    } else if (draw < 0.7) {
      const one = subject.pick(held);
      held.splice(held.indexOf(one), 1);
      deallocate(subject, one);
    } else {
      const one = subject.pick(held);
      if (draw < 0.88) reallocate(subject, one);
      else reallocateInplace(subject, one);
    }
    if (step % 1000 === 0) subject.distinct(held.map(({ block }) => block));
  }
  for (const one of held) deallocate(subject, one);
}

function overAlignment(subject: Subject): number {
  return subject.pick(overAlignments);
}

function allocate(subject: Subject, alignment: (subject: Subject, size: number) => number): Held {
  const size = subject.size(65_536);
  const block = subject.block(size, alignment(subject, size));
  subject.aligned(block);
  const usable = subject.usableSize(size, block.align);
  subject.expectRoom(block, usable);
  subject.fill(block, subject.integer(size, usable));
  return { block, usable };
}

function deallocate(subject: Subject, { block, usable }: Held): void {
  subject.verify(block, 'before it is given back');
  subject.free(block, subject.integer(block.size, usable));
}

function reallocate(subject: Subject, held: Held): void {
  const { block } = held;
  subject.verify(block, 'before it is reallocated');
  const oldSize = subject.integer(block.size, held.usable);
  block.filled = Math.min(block.filled, oldSize);
  const size = subject.size(65_536);
  // An alignment above the size is a rule of its own, up to MIN_ALIGN.
  subject.moved(block, block.align <= minAlign ? Math.max(size, block.align) : size, oldSize);
  held.usable = subject.usableSize(block.size, block.align);
  subject.expectRoom(block, held.usable);
  subject.fill(block, subject.integer(block.size, held.usable));
}

function reallocateInplace(subject: Subject, held: Held): void {
  const { block } = held;
  const size = Math.max(block.align <= minAlign ? block.align : 1, subject.size(65_536));
  const oldSize = subject.integer(block.size, held.usable);
  const now = resize(subject, block, size, oldSize);
  if (now < size) {
    subject.verify(block, 'reallocate_inplace failed');
    return;
  }
  // What it may be given back with is what was reported, and nothing else.
  block.filled = Math.min(block.filled, oldSize, size);
  block.size = held.usable = now;
  subject.verify(block, 'reallocate_inplace succeeded');
  subject.fill(block, now);
}
