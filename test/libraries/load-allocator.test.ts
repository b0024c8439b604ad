import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { Block, BufferPool, abiTable, cached, checkAllocator, loadAllocator } from 'allomorph';
import { useLibraries } from '../support/allocator-libraries.js';
import { node } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';
import { use } from './support/loading.js';

expectNoLeaks();
const libraries = useLibraries();

describe('a library with the five functions', () => {
  test('is an allocator as any other native one', () => {
    const allocator = loadAllocator(libraries.allocator());
    expect(allocator.name).toBe('libsound.so');
    use(allocator);
    expect(() => {
      allocator.deallocate(4096 as never, 1, 1);
    }).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK' }));
    const block = Block.allocate(500, { allocator });
    expect(allocator.live().blocks).toBe(1);
    block.free();
    const pool = new BufferPool({ allocator });
    pool.free(pool.alloc(100));
    pool.close();
    using cache = cached(allocator);
    cache.deallocate(cache.allocate(10, 1), 10, 1);
    cache.flush();
    expect(abiTable(allocator)).toBeGreaterThan(0n);
    expect(allocator.live().blocks).toBe(0);
  });

  test('is the same one however often and by whichever link it is loaded, and keeps its name', () => {
    const file = libraries.allocator();
    const link = path.join(libraries.folder, 'link.so');
    symlinkSync(file, link);
    const first = loadAllocator(file);
    expect(loadAllocator(link, { name: 'another' })).toBe(first);
    expect(loadAllocator(file, { prefix: '__rust_' })).toBe(first);
    expect(abiTable(loadAllocator(file))).toBe(abiTable(first));
  });

  test('may have another prefix, found or named, and a name', () => {
    const found = loadAllocator(libraries.allocator(undefined, ['-DPREFIX=my_']), { name: 'mine' });
    expect(found.name).toBe('mine');
    use(found);
    expect(loadAllocator(libraries.allocator(undefined, ['-DPREFIX=my_']), { prefix: 'my_' })).toBe(
      found,
    );
  });

  test('keeps the contract when called from here', () => {
    expect(checkAllocator(loadAllocator(libraries.allocator())).passed).toBe(true);
  });
});

test('threads share the backend: blocks cross, counts are one', () => {
  const file = libraries.allocator();
  const source = `
    const { loadAllocator, abiTable } = require('allomorph');
    const { Worker } = require('node:worker_threads');
    const file = ${JSON.stringify(file)};
    const allocator = loadAllocator(file, { verify: false });
    const body = \`
      const { parentPort, workerData } = require('node:worker_threads');
      const { loadAllocator, abiTable } = require('allomorph');
      const mine = loadAllocator(workerData, { verify: false });
      const blocks = Array.from({ length: 1000 }, (_, index) => mine.allocate(1 + index, 16));
      parentPort.postMessage([blocks, abiTable(mine)]);\`;
    (async () => {
      const results = await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
        const worker = new Worker(body, { eval: true, workerData: file });
        worker.once('message', resolve); worker.once('error', reject);
      })));
      const before = allocator.live().blocks;
      for (const [blocks, table] of results) {
        if (table !== abiTable(allocator)) throw new Error('another backend');
        blocks.forEach((address, index) => allocator.deallocate(address, 1 + index, 16));
      }
      console.log(before, allocator.live().blocks);
    })();`;
  expect(node(source)).toMatchObject({ stderr: '', stdout: '4000 0\n' });
});

describe('options', () => {
  const refused = (option: string) =>
    expect.objectContaining({
      code: 'ERR_ALLOMORPH_INVALID_ARGUMENT',
      message: expect.stringMatching(`^${option} of loadAllocator must be `) as string,
    }) as Error;

  test.each<[string, object]>([
    ['prefix', { prefix: 5 }],
    ['name', { name: 5, verify: false }],
    ['verify', { verify: 'no' }],
    ['timeout', { timeout: 1.5 }],
  ])('%s may be inherited, and is looked at all the same', (option, options) => {
    const inherited = Object.create(options) as object;
    expect(() => loadAllocator('/lib/none.so', inherited)).toThrow(refused(option));
  });

  test.each(['', 'x\0y', 'two\nlines', '\u001b[31m', '\u009b'])('%j is no name', (name) => {
    expect(() => loadAllocator('/lib/none.so', { name })).toThrow(refused('name'));
  });

  test('what was looked at is what is used, though a getter gives another value later', () => {
    const names: unknown[] = ['looked at', 'mine', 5];
    const options = {
      verify: false,
      get name() {
        return names.shift() as string;
      },
    };
    const file = libraries.allocator(undefined, ['-DPREFIX=getter_']);
    expect(loadAllocator(file, options).name).toBe('mine');
  });
});
