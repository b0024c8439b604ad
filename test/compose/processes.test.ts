import { node } from '../support/child.js';

// Each test is a process: it chooses the global allocator, or collects garbage, or has threads.

function report(source: string, flags: string[] = []): unknown {
  const child = node(source, { flags });
  expect(child.stderr).toBe('');
  expect(child).toMatchObject({ status: 0, signal: null });
  return JSON.parse(child.stdout);
}

const start = `
  const allomorph = require('allomorph');
  const { bump, cached, counted, defineAllocator, failing, fallback, globalAllocator, limited, logged, segregated,
    setGlobalAllocator, system, Block } = allomorph;
  const { Worker } = require('node:worker_threads');
  const worker = (body) => new Promise((resolve, reject) => {
    const thread = new Worker(body, { eval: true });
    let message;
    thread.once('message', (value) => { message = value; });
    thread.once('error', reject);
    thread.once('exit', () => resolve(message));
  });
  const codeOf = (use) => { try { use(); return null; } catch (error) { return [error.code, error.message]; } };
`;

const busyWorker = `
  const { globalAllocator, Block } = require('allomorph');
  const a = globalAllocator();
  for (let round = 0; round < 200; round++) {
    const blocks = Array.from({ length: 20 }, (_, index) => a.allocate(50 + index * 37, 16));
    blocks.forEach((block, index) => {
      const size = 50 + index * 37;
      a.deallocate(a.reallocate(block, size, size * 2, 16), size * 2, 16);
    });
  }
  const block = Block.allocate(1000);
  block.bytes.fill(1);
  block.free();
  require('node:worker_threads').parentPort.postMessage(a.name);
`;

test('a chain of native building blocks is the global allocator of all threads', () => {
  const [names, counts, code, live] = report(`${start}
    const first = limited(system, 1e6);
    const chain = counted(fallback(first, segregated(300, bump(system), system)));
    const chosen = setGlobalAllocator(chain);
    (async () => {
      const names = await Promise.all([1, 2, 3, 4].map(() => worker(${JSON.stringify(busyWorker)})));
      const block = globalAllocator().allocate(64, 16);
      globalAllocator().deallocate(block, 64, 16);
      console.log(JSON.stringify([[chosen === chain, ...names], chain.counts(), codeOf(() => chain.close()), chain.live()]));
    })();`) as [unknown[], Record<string, number>, string[], unknown];
  const name =
    'counted(fallback(limited(system, 1000000), segregated(300, bump(system, { chunk: 65536 }), system)))';
  expect(names).toEqual([true, name, name, name, name]);
  expect(counts).toMatchObject({ liveBlocks: 0, liveBytes: 0, failed: 0 });
  expect(counts['allocate']).toBe(4 * (200 * 20 + 1) + 1);
  expect(counts['reallocate']).toBe(4 * 200 * 20);
  expect(code[0]).toBe('ERR_ALLOMORPH_BUSY');
  expect(live).toEqual({ blocks: 0, bytes: 0 });
});

test('a chain that ends at the global allocator cannot become it, and the message shows the chain', () => {
  const [refused, name, works] = report(`${start}
    const chain = counted(limited(globalAllocator(), 1000));
    const refused = codeOf(() => setGlobalAllocator(chain));
    setGlobalAllocator(system);
    const block = chain.allocate(100, 16);
    const works = system.live().blocks;
    chain.deallocate(block, 100, 16);
    console.log(JSON.stringify([refused, chain.name, works]));`) as [string[], string, number];
  expect(refused[0]).toBe('ERR_ALLOMORPH_GLOBAL_CYCLE');
  expect(refused[1]).toContain('counted(limited(global, 1000))');
  expect(name).toBe('counted(limited(global, 1000))');
  expect(works).toBe(1);
});

test.each([
  'logged(system, () => {})',
  'counted(cached(system))',
  "limited(defineAllocator({ name: 'x', allocate: () => 0, deallocate() {} }), 1000)",
  "defineAllocator({ name: 'x', allocate: () => 0, deallocate() {} })",
])('%s is JavaScript and cannot be the global allocator', (source) => {
  const refused = report(
    `${start} console.log(JSON.stringify(codeOf(() => setGlobalAllocator(${source}))));`,
  ) as string[];
  expect(refused[0]).toBe('ERR_ALLOMORPH_NOT_NATIVE');
});

test('forgotten ones free their places', () => {
  const opened = report(
    `${start}
    const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
    let opened = 0;
    // A function of its own: a frame that lives on may keep the last one.
    const open = () => {
      const inner = bump(limited(system, 1e6));
      inner.deallocate(inner.allocate(100, 16), 100, 16);
      fallback(inner, counted(cached(inner)));
      opened += 2; // The others are JavaScript.
    };
    (async () => {
      for (let round = 0; round < 40; round++) {
        for (let count = 0; count < 10; count++) open();
        for (let wait = 0; wait < 3; wait++) { gc(); await tick(); }
      }
      for (let wait = 0; wait < 100 && system.live().blocks > 0; wait++) {
        gc();
        await tick();
        counted(system).close(); // Looks for those that nobody uses any more.
      }
      console.log(JSON.stringify([opened, system.live()]));
    })();`,
    ['--expose-gc'],
  );
  expect(opened).toEqual([800, { blocks: 0, bytes: 0 }]);
});

test('forgotten ones in JavaScript give back what they hold', () => {
  const [most, left, live] = report(
    `${start}
    const { readdirSync } = require('node:fs');
    const files = () => readdirSync('/proc/self/fd').length;
    const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
    const raw = system.unsafe;
    let live = 0;
    const defined = () => defineAllocator({ name: 'd',
      allocate: (size, align) => { live++; return raw.allocate(size, align); },
      deallocate: (block, size, align) => { live--; raw.deallocate(block, size, align); } });
    const open = () => {
      const a = logged(bump(defined()), '/dev/null');
      a.deallocate(a.allocate(100, 16), 100, 16);
    };
    (async () => {
      const before = files();
      for (let count = 0; count < 50; count++) open();
      const most = [files() - before, live];
      for (let wait = 0; wait < 200 && (live > 0 || files() > before); wait++) { gc(); await tick(); }
      console.log(JSON.stringify([most, [files() - before, live], system.live()]));
    })();`,
    ['--expose-gc'],
  ) as unknown[];
  expect(most).toEqual([50, 50]);
  expect(left).toEqual([0, 0]);
  expect(live).toEqual({ blocks: 0, bytes: 0 });
});

test('a thread has its own ones, which end with it', () => {
  const body = `
    const { bump, counted, limited, cached, fallback, logged, system } = require('allomorph');
    const a = fallback(limited(bump(system), 5000), counted(system));
    const js = logged(a, () => {});
    const cache = cached(a);
    for (const each of [a, js, cache]) {
      const blocks = Array.from({ length: 100 }, () => each.allocate(100, 16));
      for (const block of blocks) each.deallocate(block, 100, 16);
    }
    require('node:worker_threads').parentPort.postMessage(a.live().blocks);
  `;
  const [messages, live] = report(`${start}
    (async () => {
      const messages = [];
      // More than there are places, if they stayed taken.
      for (let round = 0; round < 8; round++) {
        messages.push(...await Promise.all([1, 2, 3, 4].map(() => worker(${JSON.stringify(body)}))));
      }
      counted(system).close();
      console.log(JSON.stringify([messages.length, system.live()]));
    })();`) as [number, unknown];
  expect(messages).toBe(32);
  expect(live).toEqual({ blocks: 0, bytes: 0 });
});

test.each(['logged(system, "stderr")', 'logged(defined, "stderr")'])(
  '%s writes to stderr',
  (source) => {
    const child = node(`${start}
    const defined = defineAllocator({ name: 'd', allocate: (size, align) => system.unsafe.allocate(size, align),
      deallocate: (block, size, align) => system.unsafe.deallocate(block, size, align) });
    const a = ${source};
    a.deallocate(a.allocate(64, 16), 64, 16);
    a.close();
    console.error('still open');`);
    expect(child.stderr).toMatch(
      /^allocate\(64, 16\) = 0x[\da-f]+\ndeallocate\(0x[\da-f]+, 64, 16\)\nstill open\n$/,
    );
  },
);

// In a process of its own: allocators that nobody has closed or collected yet take places, too.
test('there are 62 places, and a closed one can be taken again', () => {
  const rounds = report(`
    const { counted, limited, system } = require('allomorph');
    const rounds = [];
    for (let round = 0; round < 3; round++) {
      const made = [];
      let refused;
      try {
        for (let count = 0; count < 100; count++) made.push(counted(system));
      } catch (error) {
        refused = error;
      }
      const opened = made.length;
      made.pop().close();
      const again = limited(system, 1000);
      const address = again.allocate(1000, 16);
      again.deallocate(address, 1000, 16);
      again.close();
      for (const each of made) each.close();
      rounds.push({ opened, code: refused.code, message: refused.message });
    }
    console.log(JSON.stringify(rounds));
  `);
  expect(rounds).toHaveLength(3);
  for (const round of rounds as unknown[]) {
    expect(round).toEqual({
      opened: 62,
      code: 'ERR_ALLOMORPH_OUT_OF_MEMORY',
      message: expect.stringContaining(
        'the process has room for 62 native allocators, and so many are open already',
      ),
    });
  }
});
