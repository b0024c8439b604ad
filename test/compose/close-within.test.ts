import {
  bump,
  checked,
  counted,
  failing,
  fallback,
  limited,
  logged,
  segregated,
  type Allocator,
} from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { no, refusing } from './support/refusing.js';

// The allocator behind is the program's code, which may close what calls it.

expectNoLeaks();

const makers = Object.entries({
  limited: (over: Allocator) => limited(over, 1e6),
  counted,
  logged: (over: Allocator) => logged(over, () => undefined),
  fallback: (over: Allocator) => fallback(over, over),
  segregated: (over: Allocator) => segregated(100, over, over),
  bump: (over: Allocator) => bump(over),
  failing: (over: Allocator) => failing(over, { after: 100 }),
  checked: (over: Allocator) => checked(over, { leaks: 'off', quarantine: 0 }),
});

describe.each(makers)('%s is not closed from within a call of it', (_name, make) => {
  test.each(['allocate', 'reallocate'] as const)('%s', (call) => {
    const behind = refusing();
    const a = make(behind);
    const blocks = call === 'allocate' ? [] : [a.allocate(90, 16)];
    const refusals: unknown[] = [];
    behind.before.allocate = () => {
      try {
        a.close();
      } catch (error) {
        refusals.push(error);
      }
    };
    const address =
      call === 'allocate' ? a.allocate(64, 16) : a.reallocate(blocks[0]!, 90, 70_000, 16);
    expect(refusals).toEqual([code('BUSY')]);
    a.deallocate(address, call === 'allocate' ? 64 : 70_000, 16);
    a.close();
    expect(behind.live().blocks).toBe(0);
  });

  test('the unsafe door', () => {
    const behind = refusing();
    const a = make(behind);
    behind.before.allocate = () => a.close();
    expect(() => a.unsafe.allocate(64, 16)).toThrow(code('BUSY'));
    behind.before = {};
    a.unsafe.deallocate(a.unsafe.allocate(64, 16), 64, 16);
    a.close();
  });
});

// A bump gives back chunks, whose refusal is not the block's.
describe.each(makers.filter(([name]) => name !== 'bump'))(
  '%s is not closed from within',
  (_name, make) => {
    test('a deallocate that throws afterwards', () => {
      const behind = refusing();
      const a = make(behind);
      const address = a.allocate(64, 16);
      const refusals: unknown[] = [];
      behind.before.deallocate = () => {
        try {
          a.close();
        } catch (error) {
          refusals.push(error);
        }
        no();
      };
      expect(() => a.deallocate(address, 64, 16)).toThrow('not today');
      expect(refusals).toEqual([code('BUSY')]);
      behind.before = {};
      a.deallocate(address, 64, 16);
      a.close();
      expect(behind.live().blocks).toBe(0);
    });
  },
);
