import { run } from '../support/child.js';

/** Runs JavaScript in a process that may start the collector. */
function withCollector(body: string) {
  const source = `
    const { BufferPool, system } = require('allomorph');
    const collect = async () => {
      for (let round = 0; round < 4; round++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const warnings = [];
    process.on('warning', (warning) => warnings.push(warning));
    (async () => { ${body} })();`;
  const child = run(process.execPath, ['--expose-gc', '--no-warnings', '-e', source]);
  expect(child).toMatchObject({ status: 0, stderr: '' });
  return JSON.parse(child.stdout) as unknown;
}

test('forgotten buffers are reported once for each place, with the stack', () => {
  const [codes, messages, details, leaked] = withCollector(`
    const pool = new BufferPool({ leakDetection: 'all' });
    function forgetsHere() { pool.alloc(100).fill(1); }
    function forgetsThere() { pool.allocUnsafe(3 << 20).fill(1); }
    for (let i = 0; i < 50; i++) { forgetsHere(); pool.free(pool.alloc(10)); }
    forgetsThere();
    await collect();
    console.log(JSON.stringify([
      warnings.map(({ code }) => code), warnings.map(({ message }) => message),
      warnings.map(({ detail }) => detail), pool.stats().leaked]));`) as [
    string[],
    string[],
    string[],
    number,
  ];
  // The block of a large buffer stays in the pool, so that close can return it; its Buffer does not.
  expect(codes).toEqual(['ALLOMORPH_BUFFER_LEAK', 'ALLOMORPH_BUFFER_LEAK']);
  expect(messages.join('\n')).toMatch(/100 bytes[^]*forgetsHere/);
  expect(messages.join('\n')).toMatch(/3145728 bytes[^]*forgetsThere/);
  for (const detail of details) {
    expect(detail).toMatch(/at forgets/);
    expect(detail).not.toMatch(/dist.buffers/);
  }
  expect(leaked).toBe(51);
});

test('what is freed, resized or still in use is not reported', () => {
  const result = withCollector(`
    const pool = new BufferPool({ leakDetection: 'all' });
    const kept = pool.alloc(10);
    (() => {
      pool.free(pool.alloc(100));
      pool.free(pool.resize(pool.alloc(100), 50));
      const closed = new BufferPool({ leakDetection: 'all' });
      closed.alloc(100);
      closed.close();
    })();
    await collect();
    console.log(JSON.stringify([warnings.length, pool.stats().leaked, kept.length]));`);
  expect(result).toEqual([0, 0, 10]);
});

test('sampled: one of 128, from wherever it is', () => {
  const [warnings, leaked] = withCollector(`
    const pool = new BufferPool({ leakDetection: 'sampled' });
    (() => { for (let i = 0; i < 1280; i++) pool.alloc(100); })();
    await collect();
    console.log(JSON.stringify([warnings.length, pool.stats().leaked]));`) as [number, number];
  expect(warnings).toBe(1);
  expect(leaked).toBeGreaterThanOrEqual(9);
  expect(leaked).toBeLessThanOrEqual(10);
});

test('off: nothing is watched', () => {
  const result = withCollector(`
    const pool = new BufferPool();
    (() => { for (let i = 0; i < 1000; i++) pool.alloc(100); })();
    await collect();
    console.log(JSON.stringify([warnings.length, pool.stats().leaked, pool.stats().live.buffers]));`);
  expect(result).toEqual([0, 0, 1000]);
});

test.each(['off', 'all'])(
  'a forgotten pool returns its memory, leak detection %s',
  (leakDetection) => {
    const result = withCollector(`
    const live = (() => {
      const pool = new BufferPool({ allocator: system, leakDetection: '${leakDetection}' });
      const buffers = [10, 1000, 100_000, 5 << 20].map((size) => pool.alloc(size));
      pool.free(buffers.pop());
      pool.alloc(7 << 20);
      return system.live().blocks;
    })();
    await collect();
    console.log(JSON.stringify([live, system.live().blocks]));`);
    expect(result).toEqual([2, 0]);
  },
);

test('a buffer that outlives its forgotten pool keeps its bytes', () => {
  const result = withCollector(`
    const buffer = (() => new BufferPool({ allocator: system }).alloc(1000).fill(5))();
    await collect();
    console.log(JSON.stringify([buffer.every((byte) => byte === 5), system.live().blocks]));`);
  expect(result).toEqual([true, 1]);
});

test('chunks of a stream are reported where the stream was made', () => {
  const result = withCollector(`
    const pool = new BufferPool({ leakDetection: 'all' });
    function makesStream() { return pool.createReadStream(process.execPath, { end: 9 }); }
    await (async () => { for await (const chunk of makesStream()) void chunk; })();
    await collect();
    console.log(JSON.stringify(warnings.map(({ message }) => /allocated at makesStream/.test(message))));`);
  expect(result).toEqual([true]);
});

test('the buffer of a file is reported where it was asked for, however that is waited for', () => {
  const result = withCollector(`
    const pool = new BufferPool({ leakDetection: 'all' });
    function first(done) { pool.readFile(process.execPath).then(() => done()); }
    function second(done) { pool.readFile('/proc/self/status').then(() => done()); }
    await new Promise((resolve) => first(resolve));
    await new Promise((resolve) => second(resolve));
    await collect();
    console.log(JSON.stringify(warnings.map(({ message }) => /allocated at (\\w+)/.exec(message)[1]).sort()));`);
  expect(result).toEqual(['first', 'second']);
});

test('a forgotten stream is no error; its file is closed, and what it has read goes back', () => {
  const result = withCollector(`
    const { readdirSync, readlinkSync } = require('node:fs');
    const opened = () => readdirSync('/proc/self/fd').filter((fd) => {
      try { return readlinkSync('/proc/self/fd/' + fd) === process.execPath; } catch { return false; }
    }).length;
    const seen = [];
    process.on('uncaughtException', (error) => seen.push(error.message));
    const pool = new BufferPool();
    const forget = () => {
      const stream = pool.createReadStream(process.execPath, { highWaterMark: 3 });
      return new Promise((resolve) => stream.once('readable', () => setTimeout(resolve, 20)));
    };
    const linux = process.platform === 'linux';
    for (let round = 0; round < 5; round++) await forget();
    const before = linux ? opened() : 5;
    await collect();
    await collect();
    const after = linux ? opened() : 0;
    console.log(JSON.stringify([before, after, pool.stats().live.buffers, seen, warnings.length]));`) as [
    number,
    ...unknown[],
  ];
  expect(result).toEqual([expect.any(Number), 0, 0, [], 0]);
  expect(result[0]).toBeGreaterThan(0);
});

test.each([
  ['makes something else of stacks', 'frames'],
  ['throws when a stack is asked for', "{ throw new RangeError('no stack'); }"],
])('a program that %s is told without a place', (_what, prepared) => {
  const result = withCollector(`
    Error.prepareStackTrace = (_error, frames) => ${prepared};
    const pool = new BufferPool({ leakDetection: 'all' });
    (() => { pool.allocUnsafe(100); })();
    await collect();
    console.log(JSON.stringify([warnings.length, pool.stats().leaked]));`);
  expect(result).toEqual([1, 1]);
});
