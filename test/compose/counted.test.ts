import { counted, limited } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { forms } from './support/forms.js';

expectNoLeaks();

describe.each(forms)('over $form', ({ over }) => {
  test('counted: calls, blocks and bytes', () => {
    using behind = limited(over, 10_000);
    using a = counted(behind);
    expect(a.name).toBe(`counted(${behind.name})`);
    const usable = (size: number) => over.usableSize(size, 16);
    const first = a.allocate(100, 16);
    const second = a.unsafe.allocate(200, 16);
    const moved = a.reallocate(first, 100, 1000, 16);
    a.unsafe.reallocateInplace(second, 200, 2 ** 30, 16);
    expect(() => a.allocate(20_000, 16)).toThrow(code('OUT_OF_MEMORY'));
    expect(() => a.reallocate(moved, 1000, 20_000, 16)).toThrow(code('OUT_OF_MEMORY'));
    const { usableSize: _, ...counts } = a.counts();
    expect(counts).toEqual({
      allocate: 3,
      deallocate: 0,
      reallocate: 2,
      reallocateInplace: 1,
      failed: 2,
      liveBlocks: 2,
      liveBytes: usable(200) + usable(1000),
      peakBytes: usable(200) + usable(1000),
      totalBytes: usable(200) + usable(1000),
    });
    a.deallocate(moved, 1000, 16);
    a.unsafe.deallocate(second, 200, 16);
    expect(a.counts()).toMatchObject({ deallocate: 2, liveBlocks: 0, liveBytes: 0 });
    expect(a.counts().peakBytes).toBe(usable(200) + usable(1000));
  });
});
