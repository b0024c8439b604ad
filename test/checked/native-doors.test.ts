import { jemalloc } from 'allomorph';
import { node } from '../support/child.js';

// Where no JavaScript can be told, faults are written to stderr.

const backends = jemalloc.available ? ['system', 'jemalloc'] : ['system'];

const prelude = (backend: string) => `
  const { Block, BufferPool, cached, checked, ${backend} } = require('allomorph');
  const koffi = require('koffi');
  const memset = koffi.load(null).func('memset', 'void*', ['uintptr_t', 'int', 'size_t']);
  const allocator = checked(${backend}, { leaks: 'off' });
`;

describe.each(backends)('checked(%s)', (backend) => {
  test.each([
    [
      'unsafe',
      `const raw = allocator.unsafe.allocate(100, 16); memset(raw + 100, 0x41, 1);
       allocator.unsafe.deallocate(raw, 100, 16);`,
      /overflow: the byte at offset 100 of the block was overwritten with 0x41/,
    ],
    [
      'unsafe, twice',
      `const raw = allocator.unsafe.allocate(100, 16);
       allocator.unsafe.deallocate(raw, 100, 16); allocator.unsafe.reallocate(raw, 100, 200, 16);`,
      /double-free: the block was freed already\n.*block 0x[0-9a-f]+, size 100/,
    ],
    [
      'a Block',
      `const block = Block.allocate(100, { allocator }); memset(block.address + 100, 0x41, 1); block.free();`,
      /overflow: the byte at offset 100 /,
    ],
    [
      'a BufferPool',
      `const pool = new BufferPool({ allocator });
       const buffer = pool.alloc(1000);
       const [slab] = allocator.leaks();
       memset(slab.address + slab.size, 0x41, 1);
       if (allocator.verify()[0].kind !== 'overflow') throw new Error('not found');
       pool.free(buffer); pool.close();`,
      /overflow: the byte at offset \d+ of the block was overwritten with 0x41/,
    ],
    [
      'the quarantine, when the allocator is closed',
      `const address = allocator.allocate(100, 16); allocator.deallocate(address, 100, 16);
       memset(address, 0x41, 1);`,
      /use-after-free: the byte at offset 0 /,
    ],
  ])('%s', (_name, use, expected) => {
    const child = node(
      `${prelude(backend)} ${use} allocator.close(); console.log(${backend}.live().blocks);`,
    );
    expect(child.stderr).toMatch(expected);
    expect(child.stderr.match(/==allomorph== \w/g)?.length).toBe(1);
    expect(child).toMatchObject({ status: 0, stdout: '0\n' });
  });

  test('frees that were faults are not counted: live blocks are those that are', () => {
    const child = node(`${prelude(backend)}
      const told = [];
      const tell = () => told.push(allocator.live());
      const raw = allocator.unsafe;
      const first = raw.allocate(100, 16), second = raw.allocate(200, 16);
      raw.deallocate(first, 100, 16); raw.deallocate(first, 100, 16); tell();
      try { allocator.close(); } catch (error) { told.push(error.code); }
      raw.deallocate(second, 9, 16); tell();
      allocator.close();
      const next = checked(${backend}, { leaks: 'off' });
      told.push(next.live()); next.close();
      console.log(JSON.stringify(told));`);
    expect(child.stderr.match(/==allomorph== \w\S+/g)).toEqual([
      '==allomorph== double-free:',
      '==allomorph== wrong-size:',
    ]);
    expect(JSON.parse(child.stdout)).toEqual([
      { blocks: 1, bytes: 200 },
      'ERR_ALLOMORPH_BUSY',
      { blocks: 0, bytes: 0 },
      { blocks: 0, bytes: 0 },
    ]);
  });

  test('nor are they by a limit in front', () => {
    const child = node(`${prelude(backend)}
      const { limited } = require('allomorph');
      const front = limited(allocator, 1000);
      const used = [];
      const first = front.unsafe.allocate(300, 16), second = front.unsafe.allocate(200, 16);
      front.unsafe.deallocate(first, 300, 16); used.push(front.used());
      front.unsafe.deallocate(first, 300, 16); used.push(front.used());
      front.unsafe.deallocate(second, 200, 16); used.push(front.used());
      console.log(JSON.stringify(used));`);
    expect(child.stderr.match(/==allomorph== \w\S+/g)).toEqual(['==allomorph== double-free:']);
    expect(JSON.parse(child.stdout)).toEqual([200, 200, 0]);
  });

  test('a cache', () => {
    const child = node(`${prelude(backend)}
      const cache = cached(allocator);
      const address = cache.allocate(64, 16);
      const { size } = allocator.leaks().find((block) => block.address === address);
      memset(address + size, 0x41, 1);
      cache.deallocate(address, 64, 16);
      cache.close();
      console.log(allocator.live().blocks);`);
    expect(child.stderr).toMatch(/^==allomorph== overflow: the byte at offset 64 /);
    expect(child.stderr.match(/==allomorph== \w/g)?.length).toBe(1);
    expect(child).toMatchObject({ status: 0, stdout: '0\n' });
  });

  test('what is right says nothing', () => {
    const child = node(`${prelude(backend)}
      for (let round = 0; round < 50; round++) {
        const block = Block.allocate(1000, { allocator, zero: true });
        block.bytes.fill(1); block.resize(5000); block.bytes.fill(2); block.resize(10); block.free();
      }
      const pool = new BufferPool({ allocator });
      const buffers = Array.from({ length: 500 }, (_, index) => pool.alloc(1 + index * 37).fill(3));
      for (const buffer of buffers) pool.free(buffer);
      pool.close(); allocator.close(); console.log(${backend}.live().blocks);`);
    expect(child).toMatchObject({ status: 0, stdout: '0\n', stderr: '' });
  });
});
