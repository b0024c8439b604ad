/** Packages with native code, unchanged, on each allocator: the same output as on plain Node. */
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../support/child.js';
import { plain, preloaded, type Report } from './workload.js';

const allocators = ['jemalloc', 'mimalloc', 'tcmalloc'] as const;
const onGlibc = { name: 'glibc', source: 'default' };

describe.each(['sharp', 'better-sqlite3', 'swc', 'oxc-transform', 'ws'])('%s', (name) => {
  let expected: Report;
  beforeAll(() => {
    expected = plain(name);
    expect(expected.allocator).toMatchObject(onGlibc);
  });

  test.each(allocators)('on %s', (allocator) => {
    const { output, allocator: actual } = preloaded(name, '--allocator', allocator);
    expect(actual).toMatchObject({ name: allocator, source: 'preload' });
    expect(output).toEqual(expected.output);
  });
});

test('ws sends the same from pooled Buffers, all of which are freed', () => {
  const pooled = plain('ws-pooled');
  expect(pooled.output).toEqual(plain('ws').output);
  expect(pooled.details).toEqual({ live: 0 });
});

test('sharp uses all its threads on jemalloc, and one on the malloc of glibc', () => {
  expect(plain('sharp').details).toEqual({ threads: 1 });
  expect(preloaded('sharp').details).toEqual({ threads: os.availableParallelism() });
});

test('what oxc-transform is here for: it has a mimalloc linked into it', () => {
  const folder = path.join(root, 'out', 'packages', 'node_modules', '@oxc-transform');
  const addons = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.node'),
  );
  expect(addons).not.toEqual([]);
  for (const addon of addons) {
    expect(readFileSync(path.join(folder, addon)).includes('mimalloc')).toBe(true);
  }
});

test('worker threads in a program that imports allomorph/process', () => {
  const onSystem = plain('threads', { ALLOMORPH_PROCESS_ALLOCATOR: 'system' });
  expect(onSystem.allocator).toMatchObject(onGlibc);
  const onJemalloc = plain('threads');
  expect(onJemalloc.allocator).toMatchObject({ name: 'jemalloc', source: 'preload' });
  expect(onJemalloc.output).toEqual(onSystem.output);
  expect(onJemalloc.output).toMatchObject({ oneAllocator: true });
});
