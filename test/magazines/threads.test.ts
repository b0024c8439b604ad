import { node } from '../support/child.js';

// Each test is a process: what is tested is how threads, processes and forgotten objects end.

const none = { blocks: 0, bytes: 0 };

/** Fills magazines in both backends; `caches` holds them. */
const fill = `
  const { cached, system, jemalloc } = require('allomorph');
  const backends = jemalloc.available ? [system, jemalloc] : [system];
  const caches = backends.map((backend) => cached(backend));
  const fill = () => {
    for (const cache of caches) {
      for (let round = 0; round < 8; round++) {
        const blocks = Array.from({ length: 500 }, (_, index) => cache.allocate(1 + index * 7, 16));
        blocks.forEach((address, index) => cache.deallocate(address, 1 + index * 7, 16));
      }
    }
  };
  const counts = () => backends.map((backend) => backend.live());
`;

const expectClean = (source: string, flags: string[] = []) => {
  const child = node(source, { flags });
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
  return JSON.parse(child.stdout) as unknown;
};

test.each([
  ['ends by itself', '', false],
  ['is terminated while it waits', 'setInterval(() => {}, 1000);', true],
  ['is terminated in the middle of a loop', 'for (;;) ;', true],
])('a worker that %s gives its magazines back', (_name, rest, terminated) => {
  const body = `${fill} fill(); require('node:worker_threads').parentPort.postMessage(counts()); ${rest}`;
  const source = `
    const { Worker } = require('node:worker_threads');
    ${fill}
    (async () => {
      let full;
      for (let round = 0; round < 4; round++) {
        await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
          const thread = new Worker(${JSON.stringify(body)}, { eval: true });
          thread.once('message', (now) => { full = now; if (${String(terminated)}) thread.terminate(); });
          thread.once('exit', resolve);
          thread.once('error', reject);
        })));
      }
      console.log(JSON.stringify([full.every(({ blocks }) => blocks > 100), counts()]));
    })();`;
  const [full, counts] = expectClean(source) as [boolean, unknown[]];
  expect(full).toBe(true);
  for (const each of counts) expect(each).toEqual(none);
});

test('workers that are terminated in the middle of their work do not take the process along', () => {
  const body = `${fill} require('node:worker_threads').parentPort.postMessage(0); for (;;) { fill(); caches[0].flush(); }`;
  const source = `
    const { Worker } = require('node:worker_threads');
    (async () => {
      for (let round = 0; round < 6; round++) {
        const threads = Array.from({ length: 4 }, () => new Worker(${JSON.stringify(body)}, { eval: true }));
        await Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('message', resolve))));
        await Promise.all(threads.map((thread) => thread.terminate()));
      }
      console.log('true');
    })();`;
  expect(expectClean(source)).toBe(true);
});

test.each([
  ['creating', ''],
  ['filling', 'fill();'],
  ['holding blocks', 'for (const cache of caches) cache.allocate(64, 16);'],
  ['flushing', 'fill(); for (const cache of caches) cache.flush();'],
  ['closing', 'fill(); for (const cache of caches) cache.close();'],
  ['forgetting', 'fill(); caches.length = 0;'],
  [
    'a worker filled its own',
    `const body = ${JSON.stringify(`${fill} fill();`)}; new (require('node:worker_threads').Worker)(body, { eval: true });`,
  ],
])('the process can end right after %s', (_name, step) => {
  for (const end of [
    '',
    'process.exit(7);',
    'process.reallyExit(7);',
    'setImmediate(() => process.exit(7));',
  ]) {
    const child = node(`${fill} ${step} ${end}`);
    expect(child).toMatchObject({ status: end === '' ? 0 : 7, signal: null, stderr: '' });
  }
});

test.each(['native', 'JavaScript'])(
  'a forgotten cache over a %s allocator gives its magazines back',
  (kind) => {
    const source = `
    ${fill}
    const kind = ${JSON.stringify(kind)};
    const wrap = (backend) => kind === 'native' ? backend : {
      name: 'wrapped', unsafe: backend.unsafe,
      allocate: (...args) => backend.allocate(...args),
      deallocate: (...args) => backend.deallocate(...args),
      reallocate: (...args) => backend.reallocate(...args),
      reallocateInplace: (...args) => backend.reallocateInplace(...args),
      usableSize: (...args) => backend.usableSize(...args),
    };
    caches.splice(0, caches.length, ...backends.map((backend) => cached(wrap(backend))));
    (async () => {
      fill();
      // The door alone keeps them.
      const doors = caches.map(({ unsafe }) => unsafe);
      caches.length = 0;
      for (let round = 0; round < 5; round++) { gc(); await new Promise((resolve) => setTimeout(resolve, 10)); }
      const kept = counts().every(({ blocks }) => blocks > 0);
      doors.length = 0;
      for (let round = 0; round < 100 && counts().some(({ blocks }) => blocks > 0); round++) {
        gc(); await new Promise((resolve) => setTimeout(resolve, 10));
      }
      console.log(JSON.stringify([kept, counts()]));
    })();`;
    const [kept, counts] = expectClean(source, ['--expose-gc']) as [boolean, unknown[]];
    expect(kept).toBe(true);
    for (const each of counts) expect(each).toEqual(none);
  },
);
