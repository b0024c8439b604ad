import { Block } from 'allomorph';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expectNoLeaks } from '../support/leaks.js';
import { run } from '../support/child.js';
import { backends, passingOn } from './support/allocators.js';

expectNoLeaks();

const all = [...backends, ...backends.map(passingOn)];

// Each of these keeps some way to the bytes and must lose it.
const ways: Record<string, (bytes: Buffer) => ArrayBufferView | ArrayBufferLike> = {
  'the Buffer': (bytes) => bytes,
  'a slice': (bytes) => bytes.subarray(10, 20),
  'a Uint8Array': (bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, 8),
  'a Float64Array': (bytes) => new Float64Array(bytes.buffer, bytes.byteOffset, 4),
  'a DataView': (bytes) => new DataView(bytes.buffer, bytes.byteOffset, 16),
  'the ArrayBuffer': (bytes) => bytes.buffer,
};

describe.each(all)('on $name', (allocator) => {
  test.each(Object.keys(ways))('free and a moving resize take %s away', (name) => {
    for (const end of [
      (block: Block) => block.free(),
      (block: Block) => block[Symbol.dispose](),
      (block: Block) => void block.resize(10_000_000),
    ]) {
      const block = Block.allocate(1000, { allocator });
      const view = ways[name]!(block.bytes.fill(1));
      end(block);
      if (view instanceof DataView) {
        expect(() => view.byteLength).toThrow(TypeError);
        expect(() => view.getUint8(0)).toThrow(TypeError);
        expect(() => view.setUint8(0, 1)).toThrow(TypeError);
      } else {
        expect(view.byteLength).toBe(0);
        if (view instanceof Uint8Array) {
          view[0] = 1;
          expect(view[0]).toBeUndefined();
          expect(() => Buffer.from(view.buffer, 0, 8)).toThrow();
        }
      }
      block[Symbol.dispose]();
    }
  });

  test('an iteration that frees the block on its way ends', () => {
    const block = Block.allocate(100, { allocator });
    let visited = 0;
    const visit = () => {
      for (const byte of block.bytes.fill(1)) {
        visited += byte;
        if (visited === 10) block.free();
      }
    };
    expect(visit).toThrow(/on a detached (?:or out-of-bounds )?ArrayBuffer/);
    expect(visited).toBe(10);
  });

  test('a callback of the bytes that frees the block reads no freed byte', () => {
    const block = Block.allocate(100, { allocator });
    const { bytes } = block;
    bytes.fill(1);
    const seen: (number | undefined)[] = [];
    bytes.forEach((byte: number | undefined) => {
      if (!block.freed) block.free();
      seen.push(byte);
    });
    expect(seen.slice(1).every((byte) => byte === undefined)).toBe(true);
    // The comparator runs between reading and writing back.
    const second = Block.allocate(100, { allocator });
    second.bytes.sort((left, right) => {
      second[Symbol.dispose]();
      return left - right;
    });
    expect(second.freed).toBe(true);
  });

  test('posting copies; what was posted survives the block', () => {
    const { port1, port2 } = new MessageChannel();
    const block = Block.allocate(100, { allocator });
    block.bytes.fill(7);
    port1.postMessage(block.bytes);
    port1.postMessage(block.bytes.buffer);
    const received = receiveMessageOnPort(port2)!.message as Uint8Array;
    const array = receiveMessageOnPort(port2)!.message as ArrayBuffer;
    block.bytes.fill(8);
    expect(received.every((byte) => byte === 7)).toBe(true);
    block.free();
    expect(received).toHaveLength(100);
    expect(new Uint8Array(array).every((byte) => byte === 7)).toBe(true);
    port1.close();
  });

  test('it cannot be transferred: that throws or copies', () => {
    const { port1, port2 } = new MessageChannel();
    const block = Block.allocate(100, { allocator });
    const buffer = block.bytes.buffer as ArrayBuffer;
    for (const transfer of [
      () => structuredClone(buffer, { transfer: [buffer] }),
      () => port1.postMessage(buffer, [buffer]),
    ]) {
      try {
        transfer();
      } catch (error) {
        expect((error as Error).name).toBe('DataCloneError');
      }
      expect(block.bytes).toHaveLength(100);
    }
    expect(() => structuredClone(block)).not.toThrow(); // an empty object: it has no fields
    block.free();
    expect(buffer.byteLength).toBe(0);
    port1.close();
    port2.close();
  });
});

// `transfer` came with Node 21; Node 20 has it behind a flag.
const canTransfer = 'transfer' in ArrayBuffer.prototype;
const flags = canTransfer ? ['--expose-gc'] : ['--expose-gc', '--harmony-rab-gsab-transfer'];
const passingOnSource = `const inner = all.at(-1);
  const written = { name: 'written', allocate: (s, a) => inner.allocate(s, a),
    deallocate: (...args) => inner.deallocate(...args), reallocate: (...args) => inner.reallocate(...args),
    reallocateInplace: (...args) => inner.reallocateInplace(...args), usableSize: (...args) => inner.usableSize(...args) };`;
const prefix = `const { Block, system, jemalloc } = require('allomorph');
  const all = jemalloc.available ? [system, jemalloc] : [system];
  const live = () => all.reduce((sum, one) => sum + one.live().blocks, 0);
  ${passingOnSource}
  const turns = async () => { for (let i = 0; i < 20; i++) { gc(); await new Promise((done) => setTimeout(done, 5)); } };`;

test('the functions that would transfer the bytes throw', () => {
  const { status, stdout, stderr } = run(process.execPath, [
    ...flags,
    '-e',
    `${prefix}
    for (const allocator of [...all, written]) {
      const block = Block.allocate(1000, { allocator });
      for (const name of ['transfer', 'transferToFixedLength']) {
        try { block.bytes.buffer[name](); } catch (error) { console.log(error.code); }
      }
      if (block.bytes.length !== 1000) throw new Error('transferred');
      block.free();
    }`,
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['ERR_ALLOMORPH_INVALID_ARGUMENT']));
});

test('bytes taken away by ArrayBuffer.prototype.transfer stay valid until nobody has them', () => {
  const { status, stdout, stderr } = run(process.execPath, [
    ...flags,
    '-e',
    `${prefix}
    (async () => {
      if (!ArrayBuffer.prototype.transfer) throw new Error('no transfer here');
      for (const allocator of [...all, written]) {
        for (const end of [(b) => b.free(), (b) => b.resize(10_000_000).free(), (b) => b.resize(600).free(), (b) => b.resize(1).free()]) {
          const block = Block.allocate(1000, { allocator });
          block.bytes.fill(7);
          let moved = ArrayBuffer.prototype.transfer.call(block.bytes.buffer);
          end(block);
          if (live() !== 1) throw new Error('freed under the other array, or leaked: ' + live());
          const other = Block.allocate(1000, { allocator });
          other.bytes.fill(9);
          if (!new Uint8Array(moved).every((byte) => byte === 7)) throw new Error('overwritten');
          other.free();
          moved = undefined;
          await turns();
          if (live() !== 0) throw new Error('not given back: ' + live());
        }
      }
      console.log('done');
    })();`,
  ]);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
});

test('bytes that a transfer took to another thread outlive the thread of the freed block', () => {
  const worker = `const { parentPort } = require('node:worker_threads');
    const { Block } = require('allomorph');
    const block = Block.allocate(1_000_000);
    block.bytes.fill(7);
    const moved = ArrayBuffer.prototype.transfer.call(block.bytes.buffer);
    block.free();
    parentPort.postMessage(moved, [moved]);`;
  const { status, stdout, stderr } = run(process.execPath, [
    ...flags,
    '-e',
    `const { Worker } = require('node:worker_threads');
    const { system } = require('allomorph');
    const thread = new Worker(${JSON.stringify(worker)}, { eval: true });
    let array;
    thread.once('message', (message) => { array = message; });
    thread.once('exit', () => {
      const other = Array.from({ length: 100 }, () => system.unsafe.allocate(1_000_000, 16));
      const right = new Uint8Array(array).every((byte) => byte === 7);
      console.log(array.byteLength, right);
    });`,
  ]);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1000000 true\n', stderr: '' });
});
