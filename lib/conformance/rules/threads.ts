import { hex } from '../../support/show.js';
import { Violation, type Rule } from '../rule.js';
import { describe } from '../tried.js';

const threads = 4;

export const threadsRule: Rule = {
  id: 'threads',
  text: 'several threads may call it at a time, and free what others have allocated',
  clause: 'abi/allomorph.h: thread-safe; deallocate from any thread',
  run(subject, effort) {
    if (subject.backend === undefined) {
      return 'it is written in JavaScript, which belongs to one thread';
    }
    const seed = subject.integer(1, 2 ** 31);
    const rounds = effort === 'full' ? 200_000 : 60_000;
    const found = subject.contend(subject.backend, threads, rounds, seed);
    if (found.fault === 'none') return undefined;
    const { address, size, align, offset, calls } = found;
    const block = describe({ address, size, align });
    const what = {
      exhausted: `a thread got null for ${String(size)} bytes, alignment ${String(align)}`,
      'no-memory': `a thread got the block ${block}, where no memory can be`,
      misaligned: `a thread got the block ${block}, which is not a multiple of ${String(align)}`,
      overwritten: `byte ${String(offset)} of the block ${block} is not what the thread that filled it wrote`,
    }[found.fault];
    throw new Violation(`${what}, within ${String(calls)} calls of ${String(threads)} threads`, {
      address: hex(address),
      size,
      align,
      offset,
      threads,
      calls,
      seed,
    });
  },
};
