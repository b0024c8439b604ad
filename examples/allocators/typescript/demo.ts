import { Block, BufferPool, system } from 'allomorph';
import { createRegionAllocator } from './region-allocator';

// Whatever a parser needs for one document comes out of 16 MiB, and cannot become more.
const before = system.live();
const { allocator, close } = createRegionAllocator(16 * 1024 * 1024);

const block = Block.allocate(1_000_000, { allocator, align: 4096 });
block.bytes.fill(1);
block.resize(3_000_000);
console.log(`a block of ${String(block.size)} bytes at ${block.address.toString(16)}`);

const pool = new BufferPool({ allocator, slabSize: 1024 * 1024 });
const buffers = Array.from({ length: 1000 }, (_, index) => pool.allocUnsafe(index + 1));
console.log(`${String(buffers.length)} Buffers from a pool in the region`);
for (const buffer of buffers) pool.free(buffer);
pool.close();
block.free();

try {
  Block.allocate(17 * 1024 * 1024, { allocator });
} catch (error) {
  console.log((error as Error).message);
}

close();
const after = system.live();
console.log(`left of the region: ${String(after.blocks - before.blocks)} blocks`);
