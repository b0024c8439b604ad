import { cached, type Address, type CachedAllocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { kinds } from './support/allocators.js';

expectNoLeaks();

interface State {
  name: string;
  /** Brings a fresh cache, which has one live block, into the state. */
  reach: (cache: CachedAllocator) => void;
  closed?: boolean;
}

const states: State[] = [
  { name: 'fresh', reach: () => undefined },
  { name: 'with full magazines', reach: (cache) => useALot(cache) },
  {
    name: 'flushed',
    reach: (cache) => {
      useALot(cache);
      cache.flush();
    },
  },
  {
    name: 'closed',
    closed: true,
    reach: (cache) => {
      useALot(cache);
      cache.close();
    },
  },
  {
    name: 'closed twice',
    closed: true,
    reach: (cache) => {
      cache.close();
      cache[Symbol.dispose]();
    },
  },
];

function useALot(cache: CachedAllocator): void {
  const blocks = Array.from({ length: 500 }, () => cache.allocate(64, 16));
  for (const address of blocks) cache.deallocate(address, 64, 16);
}

interface Subject {
  cache: CachedAllocator;
  address: Address;
  raw: Address;
}

/** Operations; `whenClosed`: whether they are allowed then. All leave the two blocks of the subject as they are. */
const operations: { name: string; whenClosed: boolean; run: (subject: Subject) => void }[] = [
  {
    name: 'allocate',
    whenClosed: false,
    run: ({ cache }) => cache.deallocate(cache.allocate(64, 16), 64, 16),
  },
  {
    name: 'allocate, large',
    whenClosed: false,
    run: ({ cache }) => cache.deallocate(cache.allocate(100_000, 16), 100_000, 16),
  },
  {
    name: 'reallocate within the class',
    whenClosed: false,
    run: ({ cache, address }) => expect(cache.reallocate(address, 100, 99, 16)).toBe(address),
  },
  {
    name: 'reallocateInplace',
    whenClosed: false,
    run: ({ cache, address }) =>
      expect(cache.reallocateInplace(address, 100, 100, 16)).toBe(cache.usableSize(100, 16)),
  },
  { name: 'usableSize', whenClosed: true, run: ({ cache }) => void cache.usableSize(64, 16) },
  { name: 'flush', whenClosed: true, run: ({ cache }) => cache.flush() },
  { name: 'stats', whenClosed: true, run: ({ cache }) => void cache.stats() },
  {
    name: 'unsafe.allocate',
    whenClosed: false,
    run: ({ cache: { unsafe } }) => unsafe.deallocate(unsafe.allocate(64, 16), 64, 16),
  },
  {
    name: 'unsafe.allocate, large',
    whenClosed: false,
    run: ({ cache: { unsafe } }) => unsafe.deallocate(unsafe.allocate(100_000, 16), 100_000, 16),
  },
  {
    name: 'unsafe.reallocate',
    whenClosed: false,
    run: ({ cache: { unsafe }, raw }) => expect(unsafe.reallocate(raw, 100, 99, 16)).toBe(raw),
  },
  {
    name: 'unsafe.reallocateInplace',
    whenClosed: false,
    run: ({ cache: { unsafe }, raw }) => void unsafe.reallocateInplace(raw, 100, 99, 16),
  },
];

const matrix = kinds.flatMap(({ kind, behind }) =>
  states.flatMap((state) =>
    operations.map((operation) => {
      const blocked = state.closed === true && !operation.whenClosed;
      const verdict = blocked ? 'blocked' : 'allowed';
      return { kind, behind, state, operation, blocked, verdict };
    }),
  ),
);

test.each(matrix)(
  'cached($kind), $state.name: $operation.name ($verdict)',
  ({ behind, state, operation, blocked }) => {
    const cache = cached(behind);
    const address = cache.allocate(100, 16);
    const raw = cache.unsafe.allocate(100, 16);
    fill(address, 100, 1);
    fill(raw, 100, 2);
    state.reach(cache);
    const run = () => operation.run({ cache, address, raw });
    if (blocked) {
      expect(run).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_CLOSED' }));
    } else {
      run();
    }
    expect(holds(address, 100, 1) && holds(raw, 100, 2)).toBe(true);
    // Freeing what is live is allowed in every state.
    cache.deallocate(address, 100, 16);
    cache.unsafe.deallocate(raw, 100, 16);
    expect(() => cache.deallocate(address, 100, 16)).toThrow(
      expect.objectContaining({ code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK' }),
    );
    cache.close();
    expect(cache.stats()).toMatchObject({ blocks: 0, bytes: 0 });
  },
);
