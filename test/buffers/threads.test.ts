import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { BufferPool } from 'allomorph';
import { node } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

test('a pooled buffer that is posted is copied; both sides have their own bytes', () => {
  using pool = new BufferPool({ slabSize: 65_536 });
  const { port1, port2 } = new MessageChannel();
  const buffer = pool.alloc(1000);
  buffer.fill(1);
  port1.postMessage(buffer);
  buffer.fill(2);
  const { message } = receiveMessageOnPort(port2) as { message: Uint8Array };
  expect(message).toHaveLength(1000);
  expect(message.every((byte) => byte === 1)).toBe(true);
  message.fill(3);
  expect(buffer.every((byte) => byte === 2)).toBe(true);
  // The copy is of the whole slab, neighbours included: that is how Node clones a view.
  expect(message.buffer.byteLength).toBe(65_536);
  port1.postMessage(new Uint8Array(buffer));
  const own = receiveMessageOnPort(port2) as { message: Uint8Array };
  expect(own.message.buffer.byteLength).toBe(1000);
  pool.free(buffer);
  port1.close();
});

test('its memory cannot be transferred', () => {
  using pool = new BufferPool({ slabSize: 65_536 });
  const { port1, port2 } = new MessageChannel();
  const buffer = pool.alloc(1000);
  try {
    port1.postMessage(buffer, [buffer.buffer as ArrayBuffer]); // Node 20 copies instead
  } catch (error) {
    expect(error).toMatchObject({ name: 'DataCloneError' }); // Node 21 and later
  }
  try {
    structuredClone(buffer, { transfer: [buffer.buffer as ArrayBuffer] });
  } catch (error) {
    expect(error).toMatchObject({ name: 'DataCloneError' });
  }
  expect(buffer).toHaveLength(1000);
  pool.free(buffer);
  port1.close();
  port2.close();
});

test('each thread has its own pool; what a killed one held goes back', () => {
  const body = `
    const { BufferPool, system } = require('allomorph');
    const { parentPort } = require('node:worker_threads');
    const pool = new BufferPool({ allocator: system });
    const kept = [10, 5000, 100_000, 3 << 20].map((size) => pool.alloc(size));
    parentPort.postMessage('ready');
    setInterval(() => { for (let i = 0; i < 1000; i++) pool.free(pool.allocUnsafe(i * 50)); }, 0);`;
  const child = node(`
    const { Worker } = require('node:worker_threads');
    const { BufferPool, system } = require('allomorph');
    (async () => {
      const pool = new BufferPool({ allocator: system });
      const kept = pool.alloc(1000);
      const before = system.live();
      for (let round = 0; round < 5; round++) {
        const threads = [0, 1, 2].map(() => new Worker(${JSON.stringify(body)}, { eval: true }));
        await Promise.all(threads.map((thread) => new Promise((go) => thread.once('message', go))));
        if (system.live().blocks < before.blocks + 6) throw new Error('the threads have no pools');
        await Promise.all(threads.map((thread) => thread.terminate()));
      }
      console.log(JSON.stringify([system.live().blocks - before.blocks, kept.length]));
      pool.close();
      console.log(system.live().blocks);
    })();`);
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: '[0,1000]\n0\n' });
});

test.each([
  ['making a pool', ''],
  ['allocating', 'pool.alloc(10); pool.alloc(5 << 20);'],
  ['freeing', 'pool.free(pool.alloc(10));'],
  ['closing', 'pool.alloc(10); pool.close();'],
  ['starting to read a file', 'pool.readFile(process.execPath);'],
  ['starting a stream', "pool.createReadStream(process.execPath).once('data', () => {});"],
  [
    'closing in the middle of reading',
    'pool.readFile(process.execPath).catch(() => {}); pool.close();',
  ],
  [
    'watching for leaks',
    "const p = new BufferPool({ leakDetection: 'all' }); p.alloc(10); p.alloc(3 << 20);",
  ],
])('the process can end right after %s', (_name, step) => {
  for (const end of ['', 'process.exit(7);', 'setImmediate(() => process.exit(7));']) {
    const child = node(
      `const { BufferPool } = require('allomorph'); const pool = new BufferPool(); ${step} ${end}`,
    );
    expect(child).toMatchObject({ status: end === '' ? 0 : 7, signal: null, stderr: '' });
  }
});
