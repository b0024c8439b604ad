import type { Rule } from '../rule.js';
import { naturalAlignment } from '../sizes.js';
import type { Subject } from '../subject.js';
import type { Tried } from '../tried.js';

export const overlapRule: Rule = {
  id: 'overlap',
  text: 'live blocks do not share memory, and keep what is written to them',
  clause: 'Contract: allocate',
  run(subject, effort) {
    const count = effort === 'full' ? 600 : 200;
    let live: Tried[] = [];
    for (let round = 0; round < 4; round++) {
      const fresh = Array.from({ length: count }, () => randomBlock(subject));
      live.push(...fresh);
      // Before anything is written: that would damage what the allocator keeps between blocks.
      subject.distinct(live);
      for (const block of fresh) subject.fill(block, block.size);
      for (const block of live) subject.verify(block, 'after its neighbours were filled');
      const kept = live.filter(() => subject.random() < 0.5);
      const keeping = new Set(kept);
      for (const block of live) if (!keeping.has(block)) subject.free(block);
      for (const block of kept) subject.verify(block, 'after its neighbours were freed');
      live = kept;
    }
    for (const block of live) subject.free(block);
    return undefined;
  },
};

function randomBlock(subject: Subject): Tried {
  const size = subject.size(20_000);
  return subject.block(size, naturalAlignment(subject, size));
}
