import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Block, checkAllocator } from 'allomorph';
import { allocator } from './allocator.js';

void test('keeps the contract', () => {
  const broken = checkAllocator(allocator).rules.filter(({ outcome }) => outcome === 'failed');
  assert.deepEqual(broken, []);
});

void test('content survives growing and shrinking', () => {
  const block = Block.allocate(1000, { allocator, align: 64 });
  block.bytes.fill(7);
  block.resize(100_000);
  block.resize(500);
  assert.ok(block.bytes.every((byte) => byte === 7));
  block.free();
});
