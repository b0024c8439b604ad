import { node } from '../support/child.js';

// Each test is a process: what is tested is how threads and processes end.

const worker = (body: string) => `
  const { system, jemalloc } = require('allomorph');
  const backends = jemalloc.available ? [system, jemalloc] : [system];
  const use = (count) => {
    for (let index = 0; index < count; index++) {
      for (const allocator of backends) {
        const size = 1 + (index * 37) % 5000;
        const address = allocator.allocate(size, 16);
        const moved = allocator.reallocate(address, size, size * 2, 16);
        allocator.deallocate(moved, size * 2, 16);
        const raw = allocator.unsafe.allocate(size, 64);
        allocator.unsafe.deallocate(raw, size, 64);
      }
    }
  };
  ${body}`;

test('eight workers load, allocate and end, round after round; counts return to zero', () => {
  const source = `
    const { Worker } = require('node:worker_threads');
    const { system, jemalloc } = require('allomorph');
    (async () => {
      for (let round = 0; round < 6; round++) {
        await Promise.all(Array.from({ length: 8 }, () => new Promise((resolve, reject) => {
          const thread = new Worker(${JSON.stringify(worker('use(300);'))}, { eval: true });
          thread.once('exit', resolve); thread.once('error', reject);
        })));
      }
      const counts = [system.live(), jemalloc.available ? jemalloc.live() : { blocks: 0, bytes: 0 }];
      console.log(JSON.stringify(counts));
    })();`;
  const child = node(source);
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
  const none = { blocks: 0, bytes: 0 };
  expect(JSON.parse(child.stdout)).toEqual([none, none]);
});

test('workers that are terminated in the middle of their work do not take the process along', () => {
  const source = `
    const { Worker } = require('node:worker_threads');
    const { system } = require('allomorph');
    (async () => {
      for (let round = 0; round < 5; round++) {
        const threads = Array.from({ length: 8 }, () =>
          new Worker(${JSON.stringify(worker("require('node:worker_threads').parentPort.postMessage(0); for (;;) use(50);"))}, { eval: true }));
        await Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('message', resolve))));
        await Promise.all(threads.map((thread) => thread.terminate()));
      }
      const address = system.allocate(64, 16);
      system.deallocate(address, 64, 16);
      console.log('alive');
    })();`;
  const child = node(source);
  expect(child.stderr).toBe('');
  expect(child.stdout.trim()).toBe('alive');
  expect(child.status).toBe(0);
});

test('blocks that threads hand to each other are freed once and counted once', () => {
  const source = `
    const { Worker } = require('node:worker_threads');
    const { system, jemalloc } = require('allomorph');
    const allocator = jemalloc.available ? jemalloc : system;
    const body = "const { parentPort } = require('node:worker_threads');" +
      "const { system, jemalloc } = require('allomorph');" +
      "const allocator = jemalloc.available ? jemalloc : system;" +
      "parentPort.on('message', (blocks) => {" +
      "  for (const [address, size] of blocks) allocator.deallocate(address, size, 16);" +
      "  let twice = 0; for (const [address, size] of blocks) { try { allocator.deallocate(address, size, 16); } catch { twice++; } }" +
      "  parentPort.postMessage(twice); parentPort.close(); });";
    const blocks = Array.from({ length: 1000 }, (_, index) => [allocator.allocate(index + 1, 16), index + 1]);
    const thread = new Worker(body, { eval: true });
    thread.once('message', (twice) => console.log(JSON.stringify([twice, allocator.live()])));
    thread.postMessage(blocks);`;
  const child = node(source);
  expect(child.stderr).toBe('');
  expect(JSON.parse(child.stdout)).toEqual([1000, { blocks: 0, bytes: 0 }]);
});

test.each([
  ['importing', ''],
  ['holding blocks', 'for (const a of all) a.allocate(1000, 16);'],
  ['freeing them', 'for (const a of all) a.deallocate(a.allocate(1000, 16), 1000, 16);'],
  ['purging', 'if (jemalloc.available) { jemalloc.allocate(100_000, 16); jemalloc.purge(); }'],
  [
    'starting a worker',
    "new (require('node:worker_threads').Worker)('require(\"allomorph\")', { eval: true });",
  ],
])('the process can end right after %s', (_name, step) => {
  const prefix = `const { system, jemalloc } = require('allomorph'); const all = jemalloc.available ? [system, jemalloc] : [system]; ${step}`;
  for (const end of [
    '',
    'process.exit(7);',
    'process.reallyExit(7);',
    'setImmediate(() => process.exit(7));',
  ]) {
    const child = node(prefix + end);
    expect(child).toMatchObject({ status: end === '' ? 0 : 7, signal: null, stderr: '' });
  }
});

test('workers that are terminated while they load the addon do not take the process along', () => {
  const source = `
    const { Worker } = require('node:worker_threads');
    (async () => {
      for (let index = 0; index < 120; index++) {
        const thread = new Worker('require("allomorph")', { eval: true });
        await new Promise((resolve) => thread.once('online', resolve));
        await new Promise((resolve) => setTimeout(resolve, index % 12));
        await thread.terminate();
      }
      console.log('alive');
    })();`;
  const child = node(source);
  expect(child).toMatchObject({ status: 0, stdout: 'alive\n', stderr: '' });
});
