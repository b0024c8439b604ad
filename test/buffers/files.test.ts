import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BufferPool, type PooledReadStreamOptions } from 'allomorph';
import { node } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const sizes = [0, 1, 1000, 65_535, 65_536, 65_537, 200_000, 3_000_000];
let folder: string;
const fileOf = (size: number) => path.join(folder, String(size));

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-buffers-'));
  for (const size of sizes) {
    writeFileSync(
      fileOf(size),
      Uint8Array.from({ length: size }, (_, index) => (index * 31) >> 3),
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

let pool: BufferPool;
beforeEach(() => {
  pool = new BufferPool({ slabSize: 1 << 20 });
});
afterEach(() => {
  pool.close();
});

describe('readFile', () => {
  test.each(sizes)('%i bytes are those that fs.readFile reads', async (size) => {
    const buffer = await pool.readFile(fileOf(size));
    expect(buffer.equals(readFileSync(fileOf(size)))).toBe(true);
    pool.free(buffer);
    const again = await pool.readFile(pathToFileURL(fileOf(size)));
    expect(again).toHaveLength(size);
    pool.free(again);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('a file that does not say how long it is', async () => {
    for (const file of ['/proc/self/status', '/proc/kallsyms', '/proc/cpuinfo']) {
      if (process.platform !== 'linux') return;
      const buffer = await pool.readFile(file);
      const plain = readFileSync(file);
      if (file === '/proc/kallsyms') expect(buffer.equals(plain)).toBe(true);
      expect(buffer.toString('latin1', 0, 20)).toBe(plain.toString('latin1', 0, 20));
      pool.free(buffer);
    }
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('errors are those of fs, or of the pool, and leave nothing behind', async () => {
    await expect(pool.readFile(path.join(folder, 'absent'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(pool.readFile(folder)).rejects.toMatchObject({ code: 'EISDIR' });
    const small = new BufferPool({ limit: 65_536 });
    await expect(small.readFile(fileOf(200_000))).rejects.toMatchObject({
      code: 'ERR_ALLOMORPH_OUT_OF_MEMORY',
    });
    small.close();
    expect(pool.stats().live.buffers).toBe(0);
  });

  test.each([1000, 3_000_000])('the pool is closed while it reads %i bytes', async (size) => {
    for (let ticks = 0; ticks < 8; ticks++) {
      const closing = new BufferPool();
      const reading = closing.readFile(fileOf(size)).then(
        () => 'read',
        (error: unknown) => (error as { code: string }).code,
      );
      for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
      closing.close();
      expect(['read', 'ERR_ALLOMORPH_CLOSED']).toContain(await reading);
    }
  });
});

describe('createReadStream', () => {
  const variants: PooledReadStreamOptions[] = [
    {},
    { chunkSize: 1000 },
    { chunkSize: 4 << 20 },
    { chunkSize: 10_000, highWaterMark: 8 },
    { chunkSize: 777, start: 100, end: 60_000 },
    { start: 65_536 },
    { start: 10, end: 9 },
  ];
  const matrix = sizes.flatMap((size) =>
    variants.map((options) => ({ size, options, shown: JSON.stringify(options) })),
  );
  const plain = (size: number, { start = 0, end = Infinity }: PooledReadStreamOptions) =>
    readFileSync(fileOf(size)).subarray(start, end + 1);

  test.each(matrix)('$size bytes, $shown: the same bytes', async ({ size, options }) => {
    const stream = pool.createReadStream(fileOf(size), options);
    const copies: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      expect(pool.stats().live.buffers).toBeLessThanOrEqual(2 + (options.highWaterMark ?? 1));
      copies.push(Buffer.from(chunk));
      stream.release(chunk);
    }
    expect(Buffer.concat(copies).equals(plain(size, options))).toBe(true);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test.each([
    ['highWaterMark', 0],
    ['highWaterMark', -1],
    ['chunkSize', 0],
    ['signal', {}],
    ['signal', Object.create(AbortSignal.prototype)],
    ['end', 'x'],
  ])('refused at the door: %s %p', (option, value) => {
    expect(() => pool.createReadStream(fileOf(1), { [option]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' }),
    );
  });

  test('events, and a pipe, as with the stream of fs', async () => {
    const collect = async (stream: NodeJS.ReadableStream, release: (chunk: Buffer) => void) => {
      const copies: Buffer[] = [];
      const sink = new Writable({
        write(chunk: Buffer, _encoding, callback) {
          setImmediate(() => {
            copies.push(Buffer.from(chunk));
            release(chunk);
            callback();
          });
        },
      });
      await pipeline(stream, sink);
      return Buffer.concat(copies);
    };
    const pooled = await collect(pool.createReadStream(fileOf(200_000)), (chunk) =>
      pool.free(chunk),
    );
    const unpooled = await collect(createReadStream(fileOf(200_000)), () => undefined);
    expect(pooled.equals(unpooled)).toBe(true);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test.each([0, 1, 2, 5])('given up after %i chunks: what nobody got is freed', async (chunks) => {
    const stream = pool.createReadStream(fileOf(3_000_000), { chunkSize: 1000, highWaterMark: 4 });
    let got = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      stream.release(chunk);
      if (++got >= chunks) break; // destroys the stream with an AbortError
    }
    await closing(stream).catch(() => undefined);
    if (!stream.closed) await once(stream, 'close');
    expect(pool.stats().live.buffers).toBe(0);
  });

  test.each([0, 1, 3, 10])('destroyed while events flow, after %i turns', async (turns) => {
    const stream = pool.createReadStream(fileOf(3_000_000), { chunkSize: 1000, highWaterMark: 4 });
    stream.on('data', (chunk: Buffer) => stream.release(chunk));
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    stream.destroy();
    await closing(stream);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('a consumer that does not read keeps it from reading on', async () => {
    const stream = pool.createReadStream(fileOf(3_000_000), { chunkSize: 1000, highWaterMark: 3 });
    stream.on('readable', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pool.stats().live.buffers).toBe(3);
    stream.destroy();
    await closing(stream);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('what flows while nobody listens goes back', async () => {
    const whole = pool.createReadStream(fileOf(3_000_000), { chunkSize: 1000, highWaterMark: 4 });
    whole.resume();
    await closing(whole);
    expect(pool.stats().live.buffers).toBe(0);

    const partly = pool.createReadStream(fileOf(3_000_000), { chunkSize: 1000, highWaterMark: 4 });
    const copies: Buffer[] = [];
    partly.on('data', function listen(chunk: Buffer) {
      copies.push(Buffer.from(chunk));
      partly.release(chunk);
      if (copies.length === 10) partly.off('data', listen);
    });
    await closing(partly);
    expect(Buffer.concat(copies).equals(plain(3_000_000, { end: 9999 }))).toBe(true);
    expect(pool.stats().live.buffers).toBe(0);

    const freed = pool.createReadStream(fileOf(3_000_000), { chunkSize: 1000 });
    freed.once('data', (chunk: Buffer) => {
      freed.pause();
      pool.free(chunk);
    });
    await once(freed, 'pause');
    const asked = freed.on('readable', () => undefined);
    await once(asked, 'readable');
    const chunk = asked.read() as Buffer;
    expect(chunk).toHaveLength(1000); // asked for by hand: the program's
    pool.free(chunk);
    asked.destroy();
    await closing(asked);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('nothing is read once it is destroyed: what was queued goes back', async () => {
    const stream = pool.createReadStream(fileOf(200_000), { chunkSize: 1000, highWaterMark: 3 });
    stream.once('readable', () => stream.destroy());
    await once(stream, 'readable');
    const got: unknown[] = [];
    stream.on('data', (chunk) => got.push(chunk));
    got.push(stream.read());
    await closing(stream);
    got.push(stream.read());
    expect(got).toEqual([null, null]);
    expect(pool.stats().live.buffers).toBe(0);
  });

  test('errors are emitted', async () => {
    const absent = pool.createReadStream(path.join(folder, 'absent')).resume();
    await expect(closing(absent)).rejects.toMatchObject({ code: 'ENOENT' });
    const closed = new BufferPool();
    closed.close();
    const late = closed.createReadStream(fileOf(1000)).resume();
    await expect(closing(late)).rejects.toMatchObject({ code: 'ERR_ALLOMORPH_CLOSED' });
    const aborted = new AbortController();
    const stream = pool.createReadStream(fileOf(1000), { signal: aborted.signal });
    aborted.abort();
    await expect(closing(stream)).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('what a listener throws is what it is with the stream of fs', () => {
    const child = node(`
      const { createReadStream } = require('node:fs');
      const { BufferPool } = require('allomorph');
      const pool = new BufferPool();
      const told = (event, make) => new Promise((resolve) => {
        const stream = make(event === 'error' ? '/absent' : ${JSON.stringify(fileOf(1000))});
        const done = (error, origin) => {
          process.removeAllListeners('uncaughtException');
          stream.destroy();
          resolve([event, origin, error.message]);
        };
        process.on('uncaughtException', done);
        stream.on(event, () => { throw new Error('thrown'); });
        if (event !== 'readable') stream.resume();
      });
      (async () => {
        for (const event of ['data', 'readable', 'end', 'error', 'close']) {
          const pooled = await told(event, (file) => pool.createReadStream(file));
          console.log(...pooled);
          if (String(pooled) !== String(await told(event, createReadStream))) console.log('not as fs');
        }
      })();`);
    expect(child.stderr).toBe('');
    expect(child.stdout).toBe(
      ['data', 'readable', 'end', 'error', 'close']
        .map((event) => `${event} uncaughtException thrown\n`)
        .join(''),
    );
  });

  test.each([
    { chunkSize: 0 },
    { chunkSize: 2 ** 30 + 1 },
    { start: -1 },
    { start: 10, end: 8 },
    { end: 1.5 },
    { highWaterMark: -1 },
  ])('options %j are refused', (options) => {
    const invalid = expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' });
    expect(() => pool.createReadStream(fileOf(1), options)).toThrow(invalid);
  });
});

/** Settles when the stream is closed. */
function closing(stream: NodeJS.EventEmitter & { closed?: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.closed === true) resolve();
    stream.once('error', reject);
    stream.once('close', resolve);
  });
}
