import { counted, segregated } from 'allomorph';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms } from './support/forms.js';

expectNoLeaks();

describe.each(forms)('over $form', ({ over }) => {
  test('segregated: by size, and never across the threshold in place', () => {
    using small = counted(over);
    using large = counted(over);
    using a = segregated(1001, small, large);
    expect(a.name).toBe(`segregated(1001, ${small.name}, ${large.name})`);
    const live = () => [small.counts().liveBlocks, large.counts().liveBlocks];
    expect(a.usableSize(1001, 16)).toBe(1001);
    const block = a.allocate(1000, 16);
    fill(block, 1000, 3);
    expect(live()).toEqual([1, 0]);
    expect(a.reallocateInplace(block, 1000, 1002, 16)).toBe(a.usableSize(1000, 16));
    const grown = a.reallocate(block, 1000, 100_000, 16);
    expect(live()).toEqual([0, 1]);
    const now = a.reallocateInplace(grown, 100_000, 10, 16);
    expect(now).toBeGreaterThan(1001);
    const shrunk = a.reallocate(grown, now, 1000, 16);
    expect(holds(shrunk, 1000, 3)).toBe(true);
    expect(live()).toEqual([1, 0]);
    a.deallocate(shrunk, 1000, 16);
    expect(live()).toEqual([0, 0]);
  });
});
