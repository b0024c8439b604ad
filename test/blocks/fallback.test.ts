import { script, workerOf } from './support/script.js';

// Where ArrayBuffers over foreign memory are forbidden (Electron, V8's sandbox), forced by a variable.

const env = { ALLOMORPH_EXTERNAL_BUFFERS: 'off' };
const ok = { status: 0, stderr: '', stdout: 'true\n' };

test('another value of the variable is refused, an empty one is none', () => {
  const source = `try {
      const block = Block.allocate(1000);
      console.log(block.external);
      block.free();
    } catch ({ code, message }) { console.log(code, message); }`;
  const child = (value: string) => script(source, { env: { ALLOMORPH_EXTERNAL_BUFFERS: value } });
  expect(child('banana').stdout).toBe(
    `ERR_ALLOMORPH_INVALID_ARGUMENT ALLOMORPH_EXTERNAL_BUFFERS is 'banana'. Its one value is "off"; unset it for what the runtime allows.\n`,
  );
  expect(child('').stdout).toBe('true\n');
});

test('a block says so, and uses no memory of its allocator', () => {
  const child = script(
    `const block = Block.allocate(1000, { allocator: backends.at(-1) });
    const { address, size, usableSize, external, allocator } = block;
    console.log(!external && allocator === backends.at(-1) && size === 1000 && usableSize === 1000 && address > 0 && nothing());`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('the address is that of the bytes, at every alignment, also after resize', () => {
  const child = script(
    `const koffi = require('koffi');
    const memcpy = koffi.load(null).func('memcpy', 'void*', ['uintptr_t', 'void*', 'size_t']);
    let right = true;
    for (const align of [1, 8, 16, 64, 4096, 65536]) {
      const block = Block.allocate(100, { align });
      for (const size of [100, 50, 5000, 3]) {
        block.resize(size);
        memcpy(block.address, Buffer.alloc(size, 5), size);
        right &&= block.address % align === 0 && block.bytes.length === size && block.bytes.every((byte) => byte === 5);
        block.bytes.fill(6);
      }
      block.free();
    }
    console.log(right);`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('free and resize take every view away', () => {
  const child = script(
    `const seen = [];
    for (const align of [16, 4096]) {
      const block = Block.allocate(100, { align });
      const first = block.bytes;
      const second = block.resize(200).bytes;
      block.free();
      seen.push(first.length, second.length, second.buffer.byteLength);
      for (const use of ['bytes', 'address', 'size']) {
        try { block[use]; } catch (error) { seen.push(error.code); }
      }
      try { block.free(); } catch (error) { seen.push(error.code); }
    }
    const freed = 'ERR_ALLOMORPH_FREED';
    console.log(JSON.stringify(seen) === JSON.stringify([0, 0, 0, freed, freed, freed, freed, 0, 0, 0, freed, freed, freed, freed]));`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('content is kept, zero is zero, sizes are checked, exhaustion is an error', () => {
  const child = script(
    `const block = Block.allocate(100, { zero: true });
    let right = block.bytes.every((byte) => byte === 0);
    block.bytes.fill(7);
    block.resize(50).resize(200);
    right &&= block.bytes.subarray(0, 50).every((byte) => byte === 7) && block.bytes.subarray(50).every((byte) => byte === 0);
    const codes = [0, 2 ** 50].map((size) => { try { block.resize(size); } catch (error) { return error.code; } });
    block.free();
    console.log(right && codes.join() === 'ERR_ALLOMORPH_INVALID_SIZE,ERR_ALLOMORPH_OUT_OF_MEMORY');`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('posting copies, transferring is refused or copies', () => {
  const child = script(
    `const block = Block.allocate(100);
    block.bytes.fill(7);
    const copy = structuredClone(block.bytes);
    try { structuredClone(block.bytes, { transfer: [block.bytes.buffer] }); } catch {}
    block.free();
    console.log(copy.length === 100 && copy[99] === 7);`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('arrays stay such that they can be detached: nothing marks them', () => {
  // From Node 24 on, detaching an array that is marked ends the process.
  const child = script(
    `const threads = require('node:worker_threads');
    const marked = [];
    const { markAsUntransferable } = threads;
    threads.markAsUntransferable = (value) => { marked.push(value); markAsUntransferable(value); };
    const { BufferPool } = require('allomorph');
    const block = Block.allocate(5000);
    const [bytes, pool] = [block.bytes, new BufferPool()];
    const buffer = pool.allocUnsafe(5000);
    block.resize(10_000).free();
    pool.close();
    console.log(marked.length === 0 && bytes.length === 0 && buffer.length === 0);`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('forgotten blocks are collected and reported; workers and their ends are clean', () => {
  const child = script(
    `let warned = 0;
    process.on('warning', () => warned++);
    for (let index = 0; index < 100; index++) Block.allocate(100_000).bytes.fill(1);
    await collect(() => warned > 0);
    await new Promise((resolve) => ${workerOf('globalThis.kept = Block.allocate(1000).bytes;')}.on('exit', resolve));
    console.log(warned === 1 && nothing());`,
    { env, flags: ['--expose-gc', '--no-warnings'] },
  );
  expect(child).toMatchObject(ok);
});

test('an allocator that is not available still refuses', () => {
  const child = script(
    `console.log(jemalloc.available || (() => { try { Block.allocate(1, { allocator: jemalloc }); } catch (error) { return error.code; } })() === 'ERR_ALLOMORPH_UNAVAILABLE');`,
    { env },
  );
  expect(child).toMatchObject(ok);
});

test('without the variable this Node allows it', () => {
  const child = script(
    `const block = Block.allocate(1); console.log(block.external); block.free();`,
  );
  expect(child).toMatchObject(ok);
});
