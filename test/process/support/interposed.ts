import path from 'node:path';
import { binariesFolder } from '../../support/binaries.js';
import { cli, run, workersEnd, type Ended } from '../../support/child.js';

// A whole process on an allocator of five functions, through liballomorph-malloc.so.

export const interposer = path.join(binariesFolder, 'liballomorph-malloc.so');
export const allomorph = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [cli, ...args], env);
export const onAllocator = (
  spec: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
) => allomorph(['run', '--allocator', spec, '--', ...command], env);
export const node = (spec: string, script: string, env: NodeJS.ProcessEnv = {}) =>
  onAllocator(spec, [process.execPath, workersEnd, '-e', script], env);

/** What `counted` tells of a process at its end. */
interface Counts {
  pid: number;
  allocate: number;
  deallocate: number;
  reallocate: number;
  failed: number;
  liveBlocks: number;
}

export function countsIn(text: string): Counts[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('allomorph: counted: ')) return [];
    const number = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(line)?.[1]);
    return {
      pid: number('pid'),
      allocate: number('calls: allocate'),
      deallocate: number(' deallocate'),
      reallocate: number(' reallocate'),
      failed: number('failed'),
      liveBlocks: number('live: blocks'),
    };
  });
}

export function expectCounts({ stderr }: Ended, least: number): void {
  const [counts] = countsIn(stderr);
  expect(counts?.allocate).toBeGreaterThan(least);
  expect(counts?.deallocate).toBeGreaterThan(0);
  expect(counts?.failed).toBe(0);
  expect(counts?.liveBlocks).toBe((counts?.allocate ?? 0) - (counts?.deallocate ?? 0));
}
