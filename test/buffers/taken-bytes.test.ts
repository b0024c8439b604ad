import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BufferPool, system, type Allocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { node, run } from '../support/child.js';

expectNoLeaks();

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-taken-'));
  file = path.join(folder, 'file');
  writeFileSync(file, 'x'.repeat(300_000));
});
afterAll(() => rmSync(folder, { recursive: true }));

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'none';
};

test('a stream of bytes that takes a slab away: the pool goes on with another one', () => {
  for (const scrub of ['false', 'true']) {
    const source = `
      const { BufferPool, system } = require('allomorph');
      const pool = new BufferPool({ allocator: system, scrub: ${scrub} });
      const lost = [3000, 3000, 70_000].map((size) => pool.allocUnsafe(size));
      new ReadableStream({ type: 'bytes', start: (controller) => controller.enqueue(lost[0]) });
      const lengths = lost.map(({ length }) => length);
      let code;
      try { pool.resize(lost[1], 10); } catch (error) { code = error.code; }
      const early = lost.pop();
      pool.free(early);
      const fresh = [3000, 3000, 70_000].map((size) => pool.alloc(size).fill(1).length);
      for (const buffer of lost) pool.free(buffer);
      const { live, slabs } = pool.stats();
      console.log(JSON.stringify([lengths, code, fresh, live.buffers, slabs, pool.allocUnsafe(3000).length]));
      pool.close();`;
    const child = run(process.execPath, ['-e', source]);
    expect(child).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(child.stdout)).toEqual([
      [0, 0, 0],
      'ERR_ALLOMORPH_FREED',
      [3000, 3000, 70_000],
      3,
      1,
      3000,
    ]);
  }
});

test('readFile ends when the slab that it reads into is taken away', () => {
  if (process.platform === 'win32') return;
  const fifo = path.join(folder, 'taken-fifo');
  execFileSync('mkfifo', [fifo]);
  // In a process of its own: it would hang for ever.
  const child = node(`
    const { open } = require('node:fs/promises');
    const { BufferPool, system } = require('allomorph');
    const pool = new BufferPool({ allocator: system });
    const mine = pool.alloc(65_536);
    const reading = pool.readFile('${fifo}').catch((error) => error.code);
    (async () => {
      const writer = await open('${fifo}', 'w');
      await writer.write('a');
      await new Promise((resolve) => setTimeout(resolve, 100));
      new ReadableStream({ type: 'bytes', start: (controller) => controller.enqueue(mine) });
      await writer.write('b');
      await writer.close();
      console.log(await reading, pool.alloc(65_536).length, pool.stats().live.buffers);
    })();`);
  expect(child).toMatchObject({
    status: 0,
    stderr: '',
    stdout: 'ERR_ALLOMORPH_FREED 65536 1\n',
  });
});

test('close returns everything, also when the allocator refuses one', () => {
  let refused = 0;
  const allocator: Allocator = {
    name: 'refusing once',
    unsafe: system.unsafe,
    allocate: (size, align) => system.allocate(size, align),
    deallocate: (address, oldSize, align) => {
      system.deallocate(address, oldSize, align);
      if (refused++ === 0) throw new Error('on purpose');
    },
    reallocate: (...block) => system.reallocate(...block),
    reallocateInplace: (...block) => system.reallocateInplace(...block),
    usableSize: (size, align) => system.usableSize(size, align),
  };
  const pool = new BufferPool({ allocator, slabSize: 65_536 });
  const buffers = Array.from({ length: 12 }, () => pool.allocUnsafe(16_000));
  buffers.push(pool.allocUnsafe(1e6));
  expect(() => pool.close()).toThrow('on purpose');
  expect(refused).toBeGreaterThan(3);
  expect(buffers.every(({ length }) => length === 0)).toBe(true);
  expect(pool.stats()).toMatchObject({ bytes: 0, slabs: 0, live: { buffers: 0 } });
});

test.each([1000, 1e6])('a pool closed by its allocator hands nothing out, %i bytes', (size) => {
  const pools: BufferPool[] = [];
  const allocator: Allocator = {
    name: 'closing',
    unsafe: system.unsafe,
    allocate: (bytes, align) => {
      pools[0]?.close();
      return system.allocate(bytes, align);
    },
    deallocate: (...block) => system.deallocate(...block),
    reallocate: (...block) => system.reallocate(...block),
    reallocateInplace: (...block) => system.reallocateInplace(...block),
    usableSize: (bytes, align) => system.usableSize(bytes, align),
  };
  const pool = new BufferPool({ allocator, slabSize: 65_536 });
  pools.push(pool);
  expect(codeOf(() => pool.allocUnsafe(size))).toBe('ERR_ALLOMORPH_CLOSED');
  expect(pool.stats()).toMatchObject({ bytes: 0, slabs: 0 });
});

test('free of a view without a prototype says what it is', () => {
  using pool = new BufferPool();
  const view = Object.setPrototypeOf(new Uint8Array(2), null) as Buffer;
  expect(codeOf(() => pool.free(view))).toBe('ERR_ALLOMORPH_FOREIGN_BUFFER');
});

test.each<[string, () => object, string]>([
  [
    'a constructor that throws',
    () =>
      Object.defineProperty(new Uint8Array(2), 'constructor', {
        get: () => {
          throw new Error('foreign');
        },
      }),
    'view of 2 bytes',
  ],
  [
    'a class named by a symbol',
    () =>
      new (class extends Uint8Array {
        static override readonly name = Symbol('name') as never;
      })(2),
    'view of 2 bytes',
  ],
  [
    'a length of its own',
    () => Object.defineProperty(new Uint8Array(2), 'byteLength', { value: Symbol('length') }),
    'Uint8Array of 2 bytes',
  ],
  [
    'a DataView without its bytes',
    () => {
      const view = new DataView(new ArrayBuffer(2));
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return view;
    },
    'DataView of 0 bytes',
  ],
])('free of a view with %s says what it is', (_name, make, shown) => {
  using pool = new BufferPool();
  expect(() => pool.free(make() as Buffer)).toThrow(
    expect.objectContaining({
      code: 'ERR_ALLOMORPH_FOREIGN_BUFFER',
      message: expect.stringMatching(new RegExp(`^This ${shown} is not one`)) as string,
    }) as Error,
  );
});

describe('a read stream', () => {
  const opened = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false;
      }
    }).length;

  test('frees no buffer that the program has, whatever was put back', async () => {
    using pool = new BufferPool();
    const stream = pool.createReadStream(file, { end: 65_535 });
    await once(stream, 'readable');
    const head = stream.read() as Buffer;
    stream.unshift(Buffer.from(head.subarray(100)));
    pool.free(head);
    const victim = pool.allocUnsafe(65_536);
    stream.destroy();
    await once(stream, 'close');
    expect(codeOf(() => pool.free(victim))).toBe('none');
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('frees its own chunks beside those put back, and closes the file', async () => {
    using pool = new BufferPool();
    const stream = pool.createReadStream(file, { highWaterMark: 4 });
    stream.on('readable', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const first = stream.read() as Buffer;
    for (const text of ['a', 'b']) stream.unshift(Buffer.from(text));
    pool.free(first);
    stream.destroy();
    await once(stream, 'close');
    expect(pool.stats().live.buffers).toBe(0);
    if (process.platform === 'linux') expect(opened()).toBe(0);
  });

  test('with a signal that is aborted already opens nothing that stays open', async () => {
    using pool = new BufferPool();
    const stream = pool.createReadStream(file, { signal: AbortSignal.abort() });
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error.name).toBe('AbortError');
    if (!stream.closed) await once(stream, 'close');
    if (process.platform === 'linux') expect(opened()).toBe(0);
  });

  test('reads what has no positions', async () => {
    if (process.platform === 'win32') return;
    using pool = new BufferPool();
    const fifo = path.join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    spawn('sh', ['-c', `echo hello > '${fifo}'`]);
    let text = '';
    for await (const chunk of pool.createReadStream(fifo) as AsyncIterable<Buffer>) {
      text += chunk.toString();
      pool.free(chunk);
    }
    expect(text).toBe('hello\n');
  });

  test('refuses setEncoding', async () => {
    using pool = new BufferPool();
    const stream = pool.createReadStream(file);
    expect(codeOf(() => stream.setEncoding('utf8'))).toBe('ERR_ALLOMORPH_INVALID_ARGUMENT');
    stream.destroy();
    await once(stream, 'close');
  });
});
