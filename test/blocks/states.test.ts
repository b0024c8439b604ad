import { Block, jemalloc, type Allocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { backends, passingOn, slots } from './support/allocators.js';

expectNoLeaks();

// What each member does in each state, on native backends and on allocators in JavaScript.

type State = 'live' | 'resized in place' | 'moved' | 'freed' | 'disposed';
const states: State[] = ['live', 'resized in place', 'moved', 'freed', 'disposed'];

const operations: Record<string, (block: Block) => unknown> = {
  allocator: (block) => block.allocator.name,
  align: (block) => block.align,
  external: (block) => block.external,
  freed: (block) => block.freed,
  address: (block) => block.address,
  size: (block) => block.size,
  usableSize: (block) => block.usableSize,
  bytes: (block) => block.bytes.fill(1),
  'resize: the same': (block) => block.resize(block.size),
  'resize: larger': (block) => block.resize(100_000),
  'resize: smaller': (block) => block.resize(1),
  free: (block) => block.free(),
  '[Symbol.dispose]': (block) => block[Symbol.dispose](),
};
const alwaysAllowed = new Set(['allocator', 'align', 'external', 'freed', '[Symbol.dispose]']);

/** In place: a little smaller, which no allocator moves for. Moved: far larger. */
function bring(block: Block, state: State): void {
  const { address } = block;
  if (state === 'resized in place') {
    block.resize(block.size - 1);
    expect(block.address).toBe(address);
  } else if (state === 'moved') {
    const neighbour = Block.allocate(block.size, { allocator: block.allocator });
    const view = block.bytes;
    block.resize(200_000);
    expect(view).toHaveLength(0);
    neighbour.free();
  } else if (state === 'freed') {
    block.free();
  } else if (state === 'disposed') {
    block[Symbol.dispose]();
  }
}

const native: [string, () => { allocator: Allocator; close: () => void }][] = backends.map(
  (backend) => [backend.name, () => ({ allocator: backend, close: () => undefined })],
);
const written: typeof native = backends.map((backend) => [
  `JavaScript on ${backend.name}`,
  () => ({ allocator: passingOn(backend), close: () => undefined }),
]);

describe.each([...native, ...written])('a Block of %s', (_name, make) => {
  for (const state of states) {
    describe(state, () => {
      for (const [name, operation] of Object.entries(operations)) {
        const gone = state === 'freed' || state === 'disposed';
        const allowed = !gone || alwaysAllowed.has(name);
        test(`${name} (${allowed ? 'allowed' : 'blocked'})`, () => {
          const { allocator, close } = make();
          const block = Block.allocate(1000, { allocator });
          bring(block, state);
          const act = () => operation(block);
          if (allowed) expect(act).not.toThrow();
          else expect(act).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_FREED' }));
          expect(block.freed).toBe(gone || name === 'free' || name === '[Symbol.dispose]');
          block[Symbol.dispose]();
          close();
        });
      }
    });
  }
});

describe('views of a block that is resized', () => {
  test('grown in place, they stay, see the same bytes, and are detached by free', () => {
    const allocator = slots(jemalloc.available ? jemalloc : backends[0]!, 2);
    const block = Block.allocate(1000, { allocator });
    const { address } = block;
    const first = block.bytes;
    const second = block.resize(2000).bytes;
    const third = block.resize(3000).bytes;
    expect(block.address).toBe(address);
    expect([first.length, second.length, third.length]).toEqual([1000, 2000, 3000]);
    third.fill(5);
    expect(first.every((byte) => byte === 5)).toBe(true);
    first[0] = 6;
    expect(third[0]).toBe(6);
    block.free();
    expect([first.length, second.length, third.length]).toEqual([0, 0, 0]);
    allocator.close();
  });

  test('shrunk in place, they are detached', () => {
    const block = Block.allocate(1000);
    const view = block.bytes;
    block.resize(900);
    expect(view).toHaveLength(0);
    expect(block.bytes).toHaveLength(900);
    block.free();
  });

  test('a large block may grow in place: its views are right either way', () => {
    const [allocator] = backends.slice(-1);
    const block = Block.allocate(3 * 2 ** 20, { allocator });
    const { address } = block;
    const view = block.bytes.fill(3);
    block.resize(3 * 2 ** 20 + 4096);
    // realloc of the C library may come back to the same address: views had to go before it was called.
    expect(block.address === address ? [3 * 2 ** 20, 0] : [0]).toContain(view.length);
    expect(block.bytes.subarray(0, 3 * 2 ** 20).every((byte) => byte === 3)).toBe(true);
    block.free();
  });
});
