import {
  Block,
  BufferPool,
  bump,
  cached,
  checkAllocator,
  checked,
  counted,
  defineAllocator,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  setGlobalAllocator,
  system,
} from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';

// What can only be looked at by code of the program's, which throws.

expectNoLeaks();

const doors: Record<string, (value: never) => unknown> = {
  Block: (allocator) => Block.allocate(16, { allocator }),
  BufferPool: (allocator) => new BufferPool({ allocator }),
  bump: (allocator) => bump(allocator),
  cached: (allocator) => cached(allocator),
  checkAllocator: (allocator) => checkAllocator(allocator),
  checked: (allocator) => checked(allocator),
  counted: (allocator) => counted(allocator),
  failing: (allocator) => failing(allocator, { after: 1 }),
  'fallback, first': (first) => fallback(first, system),
  'fallback, second': (second) => fallback(system, second),
  limited: (allocator) => limited(allocator, 1000),
  logged: (allocator) => logged(allocator, () => undefined),
  'logged, sink': (sink) => logged(system, sink),
  'segregated, small': (small) => segregated(1000, small, system),
  'segregated, large': (large) => segregated(1000, system, large),
  setGlobalAllocator: (allocator) => setGlobalAllocator(allocator),
  defineAllocator: (definition) => defineAllocator(definition),
  'checkAllocator, rules': (rules) => checkAllocator(system, { rules }),
};

test.each(Object.entries(doors))('%s: a revoked or throwing proxy is refused', (_name, call) => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const get = () => {
    throw new TypeError('unreadable');
  };
  for (const value of [proxy, new Proxy({}, { get })]) {
    expect(() => call(value as never)).toThrow(code('INVALID_ARGUMENT'));
  }
});
