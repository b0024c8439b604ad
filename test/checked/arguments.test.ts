import { checked, system, type CheckedOptions } from 'allomorph';
import { Scripted } from '../magazines/support/scripted.js';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds, withChecked } from './support/kinds.js';

expectNoLeaks();

test.each([
  ['no allocator', undefined, {}],
  ['a name', 'system', {}],
  ['options that are none', system, null],
  ['an unknown option', system, { levle: 'poison' }],
  ['an unknown level', system, { level: 'paranoid' }],
  ['a negative quarantine', system, { quarantine: -1 }],
  ['a quarantine that is no integer', system, { quarantine: 1.5 }],
  ['a quarantine as text', system, { quarantine: '16m' }],
  ['every 0', system, { level: 'page-guard', every: 0 }],
  ['every 1.5', system, { level: 'page-guard', every: 1.5 }],
  ['every 2^32', system, { level: 'page-guard', every: 2 ** 32 }],
  ['every without page-guard', system, { every: 2 }],
  ['17 frames', system, { frames: 17 }],
  ['stacks that are no boolean', system, { stacks: 1 }],
  ['an unknown reaction to leaks', system, { leaks: 'throw' }],
])('refused: %s', (_name, allocator, options) => {
  const call = () => checked(allocator as never, options as unknown as CheckedOptions);
  expect(call).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' }));
});

test('page-guard over an allocator written in JavaScript is refused, with the reason', () => {
  expect(() => checked(new Scripted(), { level: 'page-guard' })).toThrow(
    expect.objectContaining({
      code: 'ERR_ALLOMORPH_UNAVAILABLE',
      message: expect.stringContaining('cannot call JavaScript'),
    }),
  );
});

const calls: readonly [string, string, unknown[]][] = [
  ['SIZE', 'allocate', [0, 16]],
  ['SIZE', 'usableSize', [1.5, 16]],
  ['SIZE', 'deallocate', [4096, 0, 16]],
  ['SIZE', 'reallocate', [4096, 64, -1, 16]],
  ['SIZE', 'reallocate', [4096, 0, 64, 16]],
  ['SIZE', 'reallocateInplace', [4096, 64, NaN, 16]],
  ['ALIGNMENT', 'allocate', [64, 3]],
  ['ALIGNMENT', 'deallocate', [4096, 64, 0]],
  ['ALIGNMENT', 'reallocate', [4096, 64, 128, 24]],
  ['ADDRESS', 'deallocate', [0, 64, 16]],
  ['ADDRESS', 'deallocate', [4097, 64, 16]],
  ['ADDRESS', 'reallocate', [-1, 64, 128, 16]],
  ['ADDRESS', 'reallocateInplace', ['4096', 64, 128, 16]],
];

describe.each(kinds)('checked($kind) refuses', ({ behind, options }) => {
  test.each(calls)('a bad %s in %s%j', (what, method, args) => {
    withChecked(behind, options, (allocator) => {
      const any = allocator as unknown as Record<string, (...args: unknown[]) => unknown>;
      expect(() => any[method]!(...args)).toThrow(
        expect.objectContaining({ code: `ERR_ALLOMORPH_INVALID_${what}` }),
      );
    });
  });
});
