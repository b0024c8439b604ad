import type { Case, Suite } from '../harness/suite.js';
import { buildCounters } from './counters-build.js';

/**
 * What counting live blocks costs: each backend through the table every door calls, and through
 * the same without the counting. In C++, as a Node-API call would hide nanoseconds behind tens.
 */
export async function countersSuite(): Promise<Suite> {
  const { program, library, jemalloc } = await buildCounters();
  const backend = (name: string, skipped?: string): Case[] => {
    const common = { file: program, ...(skipped === undefined ? {} : { skipped }) };
    const uncounted = `${name} uncounted`;
    return [
      { ...common, name: uncounted, args: [library, name, 'uncounted'] },
      { ...common, name: `${name} counted`, args: [library, name, 'abi'], reference: uncounted },
    ];
  };
  const [reference = ''] = backend('system').map(({ name }) => name);
  return {
    name: 'counters',
    operation: 'ns per allocate + deallocate of 64 bytes, alignment 16',
    control: { name: 'control', sameAs: reference },
    cases: [
      ...backend('system'),
      ...backend('jemalloc', jemalloc ? undefined : 'out/jemalloc/static has not been built'),
      { name: 'control', file: program, args: [library, 'system', 'uncounted'], reference },
    ],
  };
}
