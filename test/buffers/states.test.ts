import { BufferPool } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const slabSize = 65_536;
const size = 1000;

/** A pool in each of its states. */
const pools: Record<string, () => BufferPool> = {
  open: () => new BufferPool({ slabSize }),
  'at limit': () => {
    const pool = new BufferPool({ slabSize, limit: slabSize, maxSize: slabSize });
    for (;;) {
      try {
        pool.allocUnsafe(size);
      } catch {
        return pool;
      }
    }
  },
  closed: () => {
    const pool = new BufferPool({ slabSize });
    pool.close();
    return pool;
  },
};

const foreign = expect.objectContaining({ code: 'ERR_ALLOMORPH_FOREIGN_BUFFER' });
const freed = expect.objectContaining({ code: 'ERR_ALLOMORPH_FREED' });
const closed = expect.objectContaining({ code: 'ERR_ALLOMORPH_CLOSED' });
const outOfMemory = expect.objectContaining({ code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });

/** What does not take a buffer. A function that returns an error's matcher is blocked. */
const poolOperations: {
  state: string;
  operation: string;
  act: (pool: BufferPool) => unknown;
  error?: unknown;
}[] = Object.keys(pools).flatMap((state) => [
  ...(['alloc', 'allocUnsafe'] as const).map((operation) => ({
    state,
    operation,
    act: (pool: BufferPool) => pool[operation](size),
    ...(state === 'open' ? {} : { error: state === 'closed' ? closed : outOfMemory }),
  })),
  { state, operation: 'stats', act: (pool: BufferPool) => pool.stats() },
  { state, operation: 'trim', act: (pool: BufferPool) => pool.trim() },
  { state, operation: 'close', act: (pool: BufferPool) => pool.close() },
  { state, operation: 'dispose', act: (pool: BufferPool) => pool[Symbol.dispose]() },
]);

describe('a pool', () => {
  test.each(
    poolOperations.map((each) => ({ ...each, verdict: each.error ? '(blocked)' : '(allowed)' })),
  )('$state: $operation $verdict', ({ state, act, error }) => {
    const pool = pools[state]!();
    const before = pool.stats();
    if (error === undefined) {
      expect(() => act(pool)).not.toThrow();
    } else {
      expect(() => act(pool)).toThrow(error as Error);
      expect(pool.stats()).toEqual(before);
    }
    pool.close();
  });
});

/** A buffer in each of its states, of a pool that is open. */
const buffers: Record<string, (pool: BufferPool, other: BufferPool) => unknown> = {
  live: (pool) => pool.allocUnsafe(size),
  'live and large': (pool) => pool.allocUnsafe(slabSize + 1),
  'of length 0': (pool) => pool.allocUnsafe(0),
  freed: (pool) => {
    const buffer = pool.allocUnsafe(size);
    pool.free(buffer);
    return buffer;
  },
  'freed and large': (pool) => {
    const buffer = pool.allocUnsafe(slabSize + 1);
    pool.free(buffer);
    return buffer;
  },
  'freed and its memory in use again': (pool) => {
    const buffer = pool.allocUnsafe(size);
    pool.free(buffer);
    const next = pool.allocUnsafe(size - 1);
    expect(next.byteOffset).toBe(buffer.byteOffset);
    return buffer;
  },
  'freed and its slab returned': (pool) => {
    const buffer = pool.allocUnsafe(size);
    pool.free(buffer);
    pool.trim();
    expect(buffer.length).toBe(0);
    return buffer;
  },
  'replaced by resize': (pool) => {
    const buffer = pool.allocUnsafe(size);
    pool.resize(buffer, 10);
    return buffer;
  },
  'a slice': (pool) => pool.allocUnsafe(size).subarray(0, size),
  'a slice of length 0': (pool) => pool.allocUnsafe(size).subarray(0, 0),
  'a copy': (pool) => Buffer.from(pool.allocUnsafe(size)),
  'a view over the same slab': (pool) => {
    const { buffer, byteOffset, length } = pool.allocUnsafe(size);
    return Buffer.from(buffer, byteOffset, length);
  },
  'a Proxy of it': (pool) => new Proxy(pool.allocUnsafe(size), {}),
  'an object with it as prototype': (pool): unknown => Object.create(pool.allocUnsafe(size)),
  "Node's": () => Buffer.alloc(size),
  'of another pool': (_pool, other) => other.allocUnsafe(size),
  'freed, of another pool': (_pool, other) => {
    const buffer = other.allocUnsafe(size);
    other.free(buffer);
    return buffer;
  },
  undefined: () => undefined,
  null: () => null,
  'a number': () => 1,
  'a string': () => 'text',
  'an object': () => ({}),
};

const bufferOperations: Record<string, (pool: BufferPool, buffer: Buffer) => unknown> = {
  free: (pool, buffer) => pool.free(buffer),
  capacity: (pool, buffer) => pool.capacity(buffer),
  resize: (pool, buffer) => pool.resize(buffer, 0),
};

const errorOf = (state: string): unknown => {
  if (state.startsWith('live') || state === 'of length 0') return undefined;
  const once = /^(freed|replaced)/.test(state) && !state.includes('another');
  return once ? freed : foreign;
};

const matrix = Object.keys(buffers).flatMap((state) =>
  Object.keys(bufferOperations).map((operation) => {
    const error: unknown = errorOf(state);
    return { state, operation, error, verdict: error ? '(blocked)' : '(allowed)' };
  }),
);

describe.each(['off', 'sampled', 'all'] as const)(
  'a buffer, leak detection %s',
  (leakDetection) => {
    test.each(matrix)('$state: $operation $verdict', ({ state, operation, error }) => {
      const pool = new BufferPool({ slabSize, leakDetection });
      const other = new BufferPool({ slabSize, leakDetection });
      const buffer = buffers[state]!(pool, other) as Buffer;
      const before = pool.stats();
      const act = () => bufferOperations[operation]!(pool, buffer);
      if (error === undefined) {
        expect(act).not.toThrow();
      } else {
        expect(act).toThrow(error as Error);
        expect(pool.stats()).toEqual(before);
      }
      pool.close();
      other.close();
    });

    test.each(Object.keys(bufferOperations))('of a closed pool: %s (blocked)', (operation) => {
      const pool = new BufferPool({ slabSize, leakDetection });
      const [live, large, before] = [size, slabSize + 1, size].map((each) =>
        pool.allocUnsafe(each),
      );
      pool.free(before!);
      expect(pool.close()).toEqual({ buffers: 2, bytes: 1024 + slabSize + 1 });
      for (const buffer of [live!, large!, before!]) {
        expect(buffer.length).toBe(0);
        expect(() => bufferOperations[operation]!(pool, buffer)).toThrow(closed);
      }
    });
  },
);
