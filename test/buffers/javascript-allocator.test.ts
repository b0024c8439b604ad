import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BufferPool, type Address } from 'allomorph';
import { no, refusing } from '../compose/support/refusing.js';
import { expectNoLeaks } from '../support/leaks.js';

// Over an allocator in JavaScript, whose functions may throw, and use the pool before they answer.

expectNoLeaks();

const slabSize = 65_536;

test.each([
  ['frees what it took', true],
  ['keeps what it took', false],
])('one that uses the pool before it answers, and %s', (_name, frees) => {
  const behind = refusing();
  using pool = new BufferPool({ allocator: behind, slabSize });
  const kept: Buffer[] = [];
  behind.before.allocate = () => {
    behind.before = {};
    const buffer = pool.allocUnsafe(100);
    if (frees) pool.free(buffer);
    else kept.push(buffer);
  };
  kept.push(pool.allocUnsafe(100));
  // A run of the other slab has room still: no third one is needed for as many as two have.
  const { free } = pool.stats().classes[0] ?? { free: 0 };
  if (!frees) for (let count = 0; count < free; count++) kept.push(pool.allocUnsafe(100));
  expect(pool.stats().classes[0]).toMatchObject({ live: kept.length, misses: 2 });
  for (const buffer of kept) pool.free(buffer);
  pool.trim();
  expect(pool.stats()).toMatchObject({ bytes: 0, slabs: 0, live: { buffers: 0, bytes: 0 } });
  expect(behind.live().blocks).toBe(0);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('readFile, when the smaller of two buffers is not taken back', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-buffers-'));
  try {
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const behind = refusing();
    using pool = new BufferPool({ allocator: behind, slabSize, maxSize: 1024 });
    const refused: [Address, number][] = [];
    behind.before.deallocate = (size, address) => {
      behind.before = {};
      if (address !== undefined) refused.push([address, size]);
      no();
    };
    // It does not tell its size, so the buffer has to grow.
    const writer = createWriteStream(fifo).on('error', () => undefined);
    writer.end(Buffer.alloc(200_000));
    await expect(pool.readFile(fifo)).rejects.toThrow('not today');
    expect(pool.stats()).toMatchObject({ bytes: 0, live: { buffers: 0, bytes: 0 } });
    for (const [address, size] of refused) behind.deallocate(address, size, 64);
    expect(behind.live().blocks).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
