import { node } from '../support/child.js';

// Each test is a process: what is tested is how threads and processes end.

const prelude = (level: string) => `
  const { checked, system } = require('allomorph');
  const open = () => checked(system, { level: '${level}', leaks: 'off', quarantine: 200000 });
  const use = (allocator, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const blocks = Array.from({ length: 50 }, (_, index) => [allocator.allocate(1 + index * 37, 16), 1 + index * 37]);
      for (const [address, size] of blocks) {
        allocator.deallocate(allocator.reallocate(address, size, size * 2, 16), size * 2, 16);
      }
    }
  };`;

describe.each(['poison', 'page-guard'])('level %s', (level) => {
  test('workers, each with its own, round after round; counts return to zero', () => {
    const body = `${prelude(level)} const allocator = open(); use(allocator, 5); allocator.close();`;
    const child = node(`const { Worker } = require('node:worker_threads'); ${prelude(level)}
      (async () => {
        for (let round = 0; round < 3; round++) {
          await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
            const thread = new Worker(${JSON.stringify(body)}, { eval: true });
            thread.once('exit', resolve); thread.once('error', reject);
          })));
        }
        console.log(system.live().blocks);
      })();`);
    expect(child).toMatchObject({ status: 0, stderr: '', stdout: '0\n' });
  });

  test('workers on the global one, all at once; wrong frees of theirs are written, and harm nothing', () => {
    const body = `${prelude(level)}
      const { globalAllocator } = require('allomorph');
      const allocator = globalAllocator();
      use(allocator, 5);
      const raw = allocator.unsafe.allocate(100, 16);
      allocator.unsafe.deallocate(raw, 100, 16);
      allocator.unsafe.deallocate(raw, 100, 16);`;
    const child = node(`const { Worker } = require('node:worker_threads'); ${prelude(level)}
      const { setGlobalAllocator } = require('allomorph');
      const allocator = open();
      setGlobalAllocator(allocator);
      (async () => {
        await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
          const thread = new Worker(${JSON.stringify(body)}, { eval: true });
          thread.once('exit', resolve); thread.once('error', reject);
        })));
        console.log(allocator.stats().liveBlocks, allocator.stats().faults, allocator.verify().length);
      })();`);
    expect(child).toMatchObject({ status: 0, stdout: '0 4 0\n' });
    expect(child.stderr.match(/^==allomorph== double-free: /gm)?.length).toBe(4);
  });

  test('workers that are terminated in the middle of their work do not take the process along', () => {
    const body = `${prelude(level)} const allocator = open();
      require('node:worker_threads').parentPort.postMessage(0); for (;;) use(allocator, 1);`;
    const child = node(`const { Worker } = require('node:worker_threads');
      (async () => {
        for (let round = 0; round < 3; round++) {
          const threads = Array.from({ length: 4 }, () => new Worker(${JSON.stringify(body)}, { eval: true }));
          await Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('message', resolve))));
          await Promise.all(threads.map((thread) => thread.terminate()));
        }
        console.log('alive');
      })();`);
    expect(child).toMatchObject({ status: 0, stderr: '', stdout: 'alive\n' });
  });

  test.each([
    ['creating', 'open();'],
    ['using', 'use(open(), 2);'],
    ['holding blocks', 'open().allocate(64, 16);'],
    ['closing', 'const allocator = open(); use(allocator, 2); allocator.close();'],
  ])('the process can end right after %s', (_name, step) => {
    for (const end of ['', 'process.exit(7);', 'process.reallyExit(7);']) {
      const child = node(`${prelude(level)} ${step} ${end}`);
      expect(child).toMatchObject({ status: end === '' ? 0 : 7, signal: null, stderr: '' });
    }
  });
});
