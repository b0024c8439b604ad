import { script, workerOf } from './support/script.js';

// Each test is a process: what is tested is how threads and processes end.

const hold = `
  const kept = [];
  const holdBlocks = (used = allocators) => {
    for (const allocator of used) {
      for (let index = 0; index < 50; index++) {
        const block = Block.allocate(1000 + index * 100, { allocator });
        if (index % 2) block.bytes.fill(1);
        if (index % 3 === 0) block.resize(10_000);
        if (index % 5 === 0) block.free();
        kept.push(index % 7 === 0 ? undefined : block, index % 2 && !block.freed ? block.bytes : undefined);
      }
    }
  };`;

// In the loops of native backends only: a thread that is terminated between an allocator in JavaScript
// and us loses the block that was on its way.
const ends: [string, string][] = [
  ['runs to its end', ''],
  ['calls process.exit', 'process.exit(0);'],
  ['throws', 'throw new Error("on purpose");'],
  ['is terminated while it waits', 'parentPort.postMessage("ready"); setInterval(() => {}, 1000);'],
  [
    'is terminated in a loop',
    'parentPort.postMessage("ready"); for (;;) { holdBlocks(backends); kept.length = 0; }',
  ],
];

test.each(ends)('a worker that %s leaves no block behind', (_name, end) => {
  const child = script(
    `for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve) => {
        const thread = ${workerOf(`${hold} holdBlocks(); ${end}`)};
        thread.on('message', () => setTimeout(() => thread.terminate(), 20));
        thread.on('error', () => {});
        thread.on('exit', resolve);
      })));
    }
    console.log(JSON.stringify(live()));`,
    { flags: ['--no-warnings'] },
  );
  expect(child).toMatchObject({ status: 0, stderr: '' });
  const counts = JSON.parse(child.stdout) as unknown[];
  expect(counts).toEqual(counts.map(() => ({ blocks: 0, bytes: 0 })));
});

test('a worker ends while it forgets blocks, collected or not', () => {
  const body = `const { setFlagsFromString } = require('node:v8');
    setFlagsFromString('--expose-gc');
    const collectNow = require('node:vm').runInNewContext('gc');
    for (const allocator of allocators) for (let index = 0; index < 500; index++) {
      const block = Block.allocate(10_000, { allocator });
      if (index % 2) block.bytes.fill(1);
    }
    collectNow();`;
  const child = script(
    `for (let round = 0; round < 10; round++) {
      await new Promise((resolve) => ${workerOf(body)}.on('exit', resolve));
    }
    console.log(nothing());`,
    { flags: ['--no-warnings'] },
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'true\n' });
});

test('a worker that an allocator in JavaScript got sub-blocks from: what it passed on goes back', () => {
  const child = script(
    `await new Promise((resolve) => ${workerOf(`
      globalThis.kept = Array.from({ length: 10 }, () => Block.allocate(100, { allocator: passingOn(passingOn(backends.at(-1))) }));
    `)}.on('exit', resolve));
    console.log(nothing());`,
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'true\n' });
});

test('a worker with blocks over cached(): those up to maxSize stay live, larger ones go back', () => {
  const child = script(
    `const left = [];
    for (const size of [100, 32_768, 32_769]) {
      await new Promise((resolve) => ${workerOf(`
        parentPort.once('message', (size) => {
          const allocator = require('allomorph').cached(system);
          globalThis.kept = [allocator, ...Array.from({ length: 10 }, () => Block.allocate(size, { allocator }))];
        });
      `)}.on('exit', resolve).postMessage(size));
      left.push(system.live().blocks - left.reduce((sum, blocks) => sum + blocks, 0));
    }
    console.log(left.join());`,
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: '10,10,0\n' });
});

const steps: [string, string][] = [
  ['importing', ''],
  ['allocating', 'globalThis.block = Block.allocate(1000);'],
  ['looking at the bytes', 'globalThis.block = Block.allocate(1000); block.bytes.fill(1);'],
  ['resizing', 'globalThis.bytes = Block.allocate(1000).bytes; Block.allocate(10).resize(1e6);'],
  ['freeing', 'const block = Block.allocate(1000); block.bytes.fill(1); block.free();'],
  ['forgetting', 'for (let i = 0; i < 1000; i++) Block.allocate(1000).bytes.fill(1);'],
  ['collecting', 'for (let i = 0; i < 1000; i++) Block.allocate(1000).bytes.fill(1); gc();'],
  [
    'using an allocator in JavaScript',
    'globalThis.all = allocators.map((allocator) => Block.allocate(1000, { allocator }).bytes);',
  ],
];

test.each(steps)('the process can end right after %s', (_name, step) => {
  for (const end of [
    '',
    'process.exit(7);',
    'process.reallyExit(7);',
    'setImmediate(() => process.exit(7));',
    'process.on("exit", () => { Block.allocate(10).bytes.fill(1); });',
  ]) {
    const child = script(step + end, { flags: ['--expose-gc', '--no-warnings'] });
    const status = end.includes('7') ? 7 : 0;
    expect(child).toMatchObject({ status, signal: null, stderr: '' });
  }
});

test('workers that are terminated while they make blocks do not take the process along', () => {
  const child = script(
    `for (let index = 0; index < 40; index++) {
      const thread = ${workerOf(`${hold} for (;;) { holdBlocks(backends); kept.length = 0; }`)};
      await new Promise((resolve) => thread.once('online', resolve));
      await wait(index);
      await thread.terminate();
    }
    console.log(nothing());`,
    { flags: ['--no-warnings'] },
  );
  expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'true\n' });
});

// A stream of bytes moves them to an ArrayBuffer of its own, in every version of Node.
const transferred = `
  let taken = [];
  (() => {
    for (let index = 0; index < 50; index++) {
      const block = Block.allocate(5000, { allocator: backends.at(-1) });
      new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(block.bytes); taken.push(controller); } });
      block.free();
      globalThis['kept' + index] = Block.allocate(100);
    }
  })();
  for (let round = 0; round < 4; round++) { gc(); await wait(20); }
  taken = undefined;
  await wait(20);
  gc();`;

test.each(['', 'process.exit(0);'])(
  'the end may come while the collector has found transferred bytes (%s)',
  (end) => {
    const child = script(transferred + end, { flags: ['--expose-gc', '--no-warnings'] });
    expect(child).toMatchObject({ status: 0, signal: null, stderr: '' });
    const ended = script(
      `for (let round = 0; round < 4; round++) {
        await new Promise((resolve) => ${workerOf(`(async () => {${transferred}${end}})();`)}.on('exit', resolve));
      }
      console.log('ended');`,
      { flags: ['--expose-gc', '--no-warnings'] },
    );
    expect(ended).toMatchObject({ status: 0, signal: null, stderr: '', stdout: 'ended\n' });
  },
);
