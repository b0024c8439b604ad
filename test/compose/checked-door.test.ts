import { bump, counted, segregated, type Address } from 'allomorph';
import { code } from '../support/errors.js';
import { expectNoLeaks } from '../support/leaks.js';
import { fill, holds } from '../support/memory.js';
import { forms } from './support/forms.js';

expectNoLeaks();

describe.each(forms)('the checked door over $form', ({ over }) => {
  test.each([
    ['counted', () => counted(over)],
    ['bump', () => bump(over)],
    ['segregated', () => segregated(500, over, over)],
  ] as const)('of %s refuses misuse, and the block stays', (_, make) => {
    using a = make();
    using other = counted(over);
    const block = a.allocate(1000, 16);
    const foreign = other.allocate(1000, 16);
    fill(block, 1000, 5);
    const misuse = (address: Address, size: number, align: number) => [
      () => a.deallocate(address, size, align),
      () => a.reallocate(address, size, 2000, align),
      () => a.reallocateInplace(address, size, 2000, align),
    ];
    const cases: [Address, number, number, string][] = [
      [block, 999, 16, 'SIZE_MISMATCH'],
      [block, a.usableSize(1000, 16) + 1, 16, 'SIZE_MISMATCH'],
      [block, 1000, 8, 'ALIGNMENT_MISMATCH'],
      [(block + 16) as Address, 1000, 16, 'UNKNOWN_BLOCK'],
      [(block + 1) as Address, 1000, 16, 'INVALID_ADDRESS'],
      [0 as Address, 1000, 16, 'INVALID_ADDRESS'],
      [block, 0, 16, 'INVALID_SIZE'],
      [block, 1000, 3, 'INVALID_ALIGNMENT'],
    ];
    for (const [address, size, align, name] of cases) {
      for (const call of misuse(address, size, align)) expect(call).toThrow(code(name));
    }
    for (const call of misuse(foreign, 1000, 16)) {
      expect(call).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/FOREIGN_BLOCK|UNKNOWN_BLOCK/) }),
      );
    }
    expect(() => a.allocate(0, 16)).toThrow(code('INVALID_SIZE'));
    expect(() => a.allocate(16, 3)).toThrow(code('INVALID_ALIGNMENT'));
    expect(() => a.usableSize(0, 16)).toThrow(code('INVALID_SIZE'));
    expect(holds(block, 1000, 5)).toBe(true);
    expect(a.live().blocks).toBe(1);
    a.deallocate(block, 1000, 16);
    for (const call of misuse(block, 1000, 16)) expect(call).toThrow(code('UNKNOWN_BLOCK'));
    other.deallocate(foreign, 1000, 16);
  });
});
