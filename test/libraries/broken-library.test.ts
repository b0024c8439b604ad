import { loadAllocator } from 'allomorph';
import { useLibraries, type Fault } from '../support/allocator-libraries.js';
import { expectNoLeaks } from '../support/leaks.js';
import { error } from './support/loading.js';

expectNoLeaks();
const libraries = useLibraries();

describe('a broken library is refused, with the host alive', () => {
  test.each<[Fault, string]>([
    ['under_aligned', 'alignment'],
    ['overlaps', 'overlap'],
    ['loses_content', 'reallocate'],
    ['crashes', 'allocate'],
    ['hangs', 'reallocate'],
    ['no_constructor', 'load'],
    ['exits', 'allocate'],
    ['frees_on_failure', 'reallocate-null'],
    ['inplace_moves', 'inplace-room'],
    ['usable_too_large', 'usable-room'],
    ['thread_unsafe', 'threads'],
  ])('%s breaks %s', (fault, rule) => {
    const file = libraries.allocator(fault);
    for (const options of [{}, { verify: true }]) {
      if (fault === 'hangs' && options.verify === true) continue;
      expect(error(() => loadAllocator(file, options))).toMatchObject({
        code: 'ERR_ALLOMORPH_NONCONFORMING',
        message: expect.stringContaining(`breaks the rule "${rule}"`) as string,
        values: { path: file, rule, counterExample: { message: expect.any(String) as string } },
      });
    }
  });

  test('timeout: one that hangs is refused as early as asked for', () => {
    const start = performance.now();
    expect(
      error(() => loadAllocator(libraries.allocator('hangs'), { verify: true, timeout: 5000 })),
    ).toMatchObject({
      code: 'ERR_ALLOMORPH_NONCONFORMING',
      message: expect.stringContaining('had not ended after 5 s') as string,
    });
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test('timeout: too short for a process to start is said so', () => {
    const file = libraries.allocator();
    expect(error(() => loadAllocator(file, { verify: true, timeout: 1 }))).toMatchObject({
      code: 'ERR_ALLOMORPH_SYSTEM',
      message: expect.stringMatching(/ could not be verified within 1 ms\. Give it more/) as string,
    });
    for (const timeout of [0, 1.5, '5', Infinity]) {
      expect(error(() => loadAllocator(file, { timeout } as never))).toMatchObject({
        code: 'ERR_ALLOMORPH_INVALID_ARGUMENT',
      });
    }
  });

  test('a symbol is missing: told from the file, nothing is run', () => {
    const file = libraries.allocator('missing_symbol');
    for (const verify of [true, false]) {
      expect(error(() => loadAllocator(file, { verify }))).toMatchObject({
        code: 'ERR_ALLOMORPH_LIBRARY',
        values: {
          missing: ['__rust_usable_size'],
          found: expect.arrayContaining(['__rust_allocate']) as string[],
        },
      });
    }
  });

  test('a symbol is there and is no function', () => {
    const names = ['allocate', 'deallocate', 'reallocate', 'reallocate_inplace', 'usable_size'];
    const file = libraries.compile(
      'data',
      names.map((name) => `int __rust_${name} = 1;`).join('\n'),
    );
    expect(error(() => loadAllocator(file))).toMatchObject({
      code: 'ERR_ALLOMORPH_NONCONFORMING',
      values: { rule: 'allocate' },
    });
  });

  test('the classic one is refused for alignments above MIN_ALIGN, and can be trusted all the same', () => {
    const file = libraries.classic();
    expect(error(() => loadAllocator(file)).values).toMatchObject({ rule: 'over-alignment' });
    const allocator = loadAllocator(file, { verify: false });
    allocator.deallocate(allocator.allocate(100, 16), 100, 16);
  });
});
