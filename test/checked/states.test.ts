import { checked, type Address, type CheckedAllocator } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds } from './support/kinds.js';

expectNoLeaks();

interface State {
  name: string;
  reach: (allocator: CheckedAllocator) => void;
  closed?: boolean;
}

const states: State[] = [
  { name: 'fresh', reach: () => undefined },
  { name: 'with a quarantine', reach: (allocator) => useALot(allocator) },
  {
    name: 'closed',
    closed: true,
    reach: (allocator) => {
      useALot(allocator);
      allocator.close();
    },
  },
  {
    name: 'closed twice',
    closed: true,
    reach: (allocator) => {
      allocator.close();
      allocator[Symbol.dispose]();
    },
  },
];

function useALot(allocator: CheckedAllocator): void {
  const blocks = Array.from({ length: 200 }, () => allocator.allocate(64, 16));
  for (const address of blocks) allocator.deallocate(address, 64, 16);
}

const gone = 4096 as Address;
const operations: {
  name: string;
  whenClosed: boolean;
  run: (allocator: CheckedAllocator) => void;
  /** What it throws where it is allowed. */
  code?: string;
}[] = [
  {
    name: 'allocate and deallocate',
    whenClosed: false,
    run: (allocator) => allocator.deallocate(allocator.allocate(64, 16), 64, 16),
  },
  {
    name: 'unsafe.allocate and deallocate',
    whenClosed: false,
    run: ({ unsafe }) => unsafe.deallocate(unsafe.allocate(64, 16), 64, 16),
  },
  {
    name: 'deallocate of no block',
    whenClosed: false,
    code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
    run: (allocator) => allocator.deallocate(gone, 64, 16),
  },
  {
    name: 'reallocate of no block',
    whenClosed: false,
    code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
    run: (allocator) => void allocator.reallocate(gone, 64, 128, 16),
  },
  {
    name: 'reallocateInplace of no block',
    whenClosed: false,
    code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
    run: (allocator) => void allocator.reallocateInplace(gone, 64, 32, 16),
  },
  {
    name: 'usableSize',
    whenClosed: false,
    run: (allocator) => expect(allocator.usableSize(7, 1)).toBe(7),
  },
  {
    name: 'verify',
    whenClosed: true,
    run: (allocator) => expect(allocator.verify()).toEqual([]),
  },
  { name: 'leaks', whenClosed: true, run: (allocator) => expect(allocator.leaks()).toEqual([]) },
  {
    name: 'stats',
    whenClosed: true,
    run: (allocator) => expect(allocator.stats().liveBlocks).toBe(0),
  },
  {
    name: 'live',
    whenClosed: true,
    run: (allocator) => expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 }),
  },
  { name: 'close', whenClosed: true, run: (allocator) => allocator.close() },
];

const matrix = kinds.flatMap((each) =>
  states.flatMap((state) =>
    operations.map((operation) => {
      const blocked = state.closed === true && !operation.whenClosed;
      return { ...each, state, operation, blocked, verdict: blocked ? 'blocked' : 'allowed' };
    }),
  ),
);

test.each(matrix)(
  'checked($kind), $state.name: $operation.name ($verdict)',
  ({ behind, options, state, operation, blocked }) => {
    const allocator = checked(behind, { ...options, leaks: 'off' });
    state.reach(allocator);
    const code = blocked ? 'ERR_ALLOMORPH_CLOSED' : operation.code;
    const run = () => operation.run(allocator);
    if (code === undefined) run();
    else expect(run).toThrow(expect.objectContaining({ code }));
    allocator.close();
  },
);

test.each(kinds)('checked($kind): closing is refused while a block is live', (each) => {
  const allocator = checked(each.behind, { ...each.options, leaks: 'off' });
  const address = allocator.allocate(64, 16);
  const refused = expect.objectContaining({ code: 'ERR_ALLOMORPH_BUSY' });
  expect(() => allocator.close()).toThrow(refused);
  allocator.deallocate(address, 64, 16);
  allocator.close();
});
