import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Block, loadAllocator } from 'allomorph';

// The first time a file is seen, loading tries the whole contract in a process of its own: what breaks it is an error
// with a counter-example here.
const allocator = loadAllocator(fileURLToPath(new URL('lib{{name}}.so', import.meta.url)));

test('every alignment up to 2 MiB', () => {
  for (let align = 1; align <= 2 ** 21; align *= 2) {
    const address = allocator.allocate(100, align);
    assert.equal(address % align, 0, `alignment ${align}`);
    allocator.deallocate(address, 100, align);
  }
});

test('content survives growing and shrinking', () => {
  const block = Block.allocate(1000, { allocator, align: 64 });
  block.bytes.fill(7);
  block.resize(100_000);
  block.resize(500);
  assert.ok(block.bytes.every((byte) => byte === 7));
  block.free();
});

test('more than there is', () => {
  assert.throws(() => allocator.allocate(2 ** 52, 16), { code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });
});

test('nothing stays behind', () => {
  assert.deepEqual(allocator.live(), { blocks: 0, bytes: 0 });
});
