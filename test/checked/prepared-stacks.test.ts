import { checked, type CheckedAllocator } from 'allomorph';
import { node } from '../support/child.js';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { kinds } from './support/kinds.js';

// A program may have its own Error.prepareStackTrace, which makes anything of a stack.

expectNoLeaks();

const preparations: readonly [string, typeof Error.prepareStackTrace][] = [
  ['gives the frames', (_error, frames) => frames],
  ['gives nothing', () => undefined],
  [
    'throws',
    () => {
      throw new RangeError('no stacks today');
    },
  ],
];

const cases = kinds.flatMap((each) =>
  preparations.map(([preparation, prepare]) => ({ ...each, preparation, prepare })),
);

describe.each(cases)('checked($kind), where the program $preparation', (each) => {
  // Called by Node, and never by these tests.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = Error.prepareStackTrace;
  let allocator: CheckedAllocator;
  beforeEach(() => {
    allocator = checked(each.behind, { ...each.options, leaks: 'off' });
    Error.prepareStackTrace = each.prepare!;
  });
  afterEach(() => {
    Error.prepareStackTrace = original!;
    allocator.close();
  });

  test('a fault is told, and what is live, at an unknown place', () => {
    const address = allocator.allocate(64, 16);
    let fault: unknown;
    try {
      allocator.deallocate(address, 63, 16);
    } catch (error) {
      fault = error;
    }
    const leaks = allocator.leaks();
    allocator.deallocate(address, 64, 16);
    expect(fault).toEqual(code('SIZE_MISMATCH'));
    expect(leaks).toMatchObject([{ address, size: 64, allocatedAt: undefined }]);
  });
});

const program = (prepare: string, rest: string) => `
  const { checked, system, defineAllocator } = require('allomorph');
  const { unsafe } = system;
  const written = (name) => defineAllocator({
    name,
    allocate: (...args) => unsafe.allocate(...args),
    deallocate: (...args) => unsafe.deallocate(...args),
  });
  Error.prepareStackTrace = ${prepare};
  const [first, second, third] = [checked(written('first')), checked(system), checked(written('third'))];
  for (const each of [first, second, third]) each.allocate(100, 16);
  ${rest}`;

test.each(['(error, frames) => frames', '() => { throw null; }'])(
  'the report at the end, with %s',
  (prepare) => {
    const child = node(program(prepare, ''));
    expect(child.status).toBe(0);
    for (const name of ['first', 'system', 'third']) {
      expect(child.stderr).toContain(
        `checked(${name}): 1 block (100 bytes) was never freed.\n  1 block (100 bytes), allocated `,
      );
    }
  },
);

test('one that cannot be reported at the end does not silence the others', () => {
  const child = node(
    program('undefined', "second.verify = () => { throw new Error('no look today'); };"),
  );
  expect(child.status).toBe(0);
  expect(child.stderr).toContain('checked(first): 1 block (100 bytes) was never freed.');
  expect(child.stderr).toContain('checked(system): its blocks cannot be reported: Error: no look');
  expect(child.stderr).toContain('checked(third): 1 block (100 bytes) was never freed.');
});
