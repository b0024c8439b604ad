import { jemalloc } from 'allomorph';
import { caseFile } from '../harness/layout.js';
import type { Case, Suite } from '../harness/suite.js';

const peer = 'koffi malloc+free (void*)';

/** What a case is called here, the child's name for it, and what is expected of it. */
interface Row extends Pick<Case, 'goal' | 'skipped'> {
  readonly name: string;
  readonly child: string;
}

const noJemalloc: Pick<Case, 'skipped'> = jemalloc.available
  ? {}
  : { skipped: 'this build has no jemalloc' };

const rows: readonly Row[] = [
  { name: peer, child: 'koffi-void*' },
  { name: 'koffi malloc+free (uintptr_t)', child: 'koffi-uintptr_t' },
  { name: 'koffi __rust_allocate+__rust_deallocate', child: 'koffi-rust' },
  { name: 'system.unsafe', child: 'system.unsafe', goal: 0.95 },
  { name: 'system', child: 'system', goal: 1.1 },
  { name: 'jemalloc.unsafe', child: 'jemalloc.unsafe', ...noJemalloc },
  { name: 'jemalloc', child: 'jemalloc', ...noJemalloc },
  { name: 'globalAllocator()', child: 'global' },
  { name: 'control', child: 'system.unsafe' },
  { name: 'empty loop', child: 'empty' },
];

export function abiSuite(): Suite {
  return {
    name: 'abi',
    operation: 'ns per allocate + deallocate of 64 bytes, alignment 16',
    control: { name: 'control', sameAs: 'system.unsafe' },
    cases: rows.map(({ child, ...row }) => ({
      ...row,
      file: process.execPath,
      args: [caseFile('abi'), child],
      ...(row.name === peer ? {} : { reference: peer }),
    })),
  };
}
