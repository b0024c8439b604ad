import { jemalloc } from 'allomorph';
import { caseFile } from '../harness/layout.js';
import type { Case, Suite } from '../harness/suite.js';

const peer = 'koffi-void*';
const backends = ['system', 'jemalloc'] as const;
type Backend = (typeof backends)[number];

/** Two questions: how far from koffi, and is there a pattern in which magazines lose. */
export function magazinesSuite(): Suite {
  return {
    name: 'magazines',
    operation: 'ns per allocate + deallocate of 64 bytes, alignment 16',
    control: { name: 'control', sameAs: 'pair: cached(system).unsafe' },
    cases: [
      // The goal is that of the unsafe door: what checks cost is the difference to the line above it.
      ...againstKoffi('pair', { unsafe: 1 / 12 }),
      ...againstKoffi('lifo', { checked: 1 / 2.5, unsafe: 1 / 2.5 }),
      ...['lifo', 'fifo', 'random', 'phases'].flatMap((each) => againstUncached(each)),
      // Only there can a block be freed by another thread.
      ...againstUncached('threads', ['.unsafe']),
      makeCase('pair', 'cached(system).unsafe', { name: 'control' }),
    ],
  };
}

function againstKoffi(pattern: string, goals: { checked?: number; unsafe: number }): Case[] {
  const reference = nameOf(pattern, peer);
  const { checked, unsafe } = goals;
  return [
    makeCase(pattern, peer),
    ...backends.flatMap((backend) => [
      makeCase(pattern, `cached(${backend})`, {
        reference,
        ...(checked === undefined ? {} : { goal: checked }),
        ...absence(backend),
      }),
      makeCase(pattern, `cached(${backend}).unsafe`, {
        reference,
        goal: unsafe,
        ...absence(backend),
      }),
    ]),
  ];
}

/** Each door with magazines against the same door without. */
function againstUncached(pattern: string, doors = ['', '.unsafe']): Case[] {
  return backends.flatMap((backend) =>
    doors.flatMap((door) => {
      const plain = makeCase(pattern, `${backend}${door}`, absence(backend));
      const magazines = makeCase(pattern, `cached(${backend})${door}`, {
        // The first question measures the same for `lifo`, with another reference.
        name: `${nameOf(pattern, `cached(${backend})${door}`)} to uncached`,
        reference: plain.name,
        goal: 1,
        ...absence(backend),
      });
      return [plain, magazines];
    }),
  );
}

function makeCase(pattern: string, door: string, more: Partial<Case> = {}): Case {
  return {
    name: nameOf(pattern, door),
    file: process.execPath,
    args:
      pattern === 'threads'
        ? [caseFile('magazines-threads'), door]
        : [caseFile('magazines'), pattern, door],
    ...more,
  };
}

function nameOf(pattern: string, door: string): string {
  return `${pattern}: ${door}`;
}

function absence(backend: Backend): Pick<Case, 'skipped'> {
  return backend === 'jemalloc' && !jemalloc.available
    ? { skipped: 'this build has no jemalloc' }
    : {};
}
