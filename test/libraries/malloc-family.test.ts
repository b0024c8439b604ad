import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkAllocator, loadAllocator } from 'allomorph';
import { useLibraries } from '../support/allocator-libraries.js';
import { node } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';
import { error, use } from './support/loading.js';

expectNoLeaks();
const libraries = useLibraries();

describe('a malloc family', () => {
  const family = (prefix: string, aligned: string) => `
    #include <stdlib.h>
    #include <malloc.h>
    void *${prefix}malloc(size_t size) { return (malloc)(size); }
    void ${prefix}free(void *ptr) { (free)(ptr); }
    void *${prefix}realloc(void *ptr, size_t size) { return (realloc)(ptr, size); }
    ${aligned}`;

  test.each([
    [
      'je_',
      'posix_memalign',
      'int je_posix_memalign(void **p, size_t a, size_t n) { return posix_memalign(p, a, n); }',
    ],
    ['mi_', 'memalign', 'void *mi_memalign(size_t a, size_t n) { return memalign(a, n); }'],
    [
      'tc_',
      'aligned_alloc that wants multiples',
      'void *tc_aligned_alloc(size_t a, size_t n) { return n % a ? NULL : aligned_alloc(a, n); }',
    ],
    [
      'rp',
      'aligned_alloc',
      'void *rpaligned_alloc(size_t a, size_t n) { return aligned_alloc(a, n); }',
    ],
    ['own_', 'any prefix', 'void *own_memalign(size_t a, size_t n) { return memalign(a, n); }'],
  ])('%s with %s', (prefix, name, aligned) => {
    const file = libraries.compile(`${prefix}${name.replace(/\W/g, '')}`, family(prefix, aligned));
    const allocator = loadAllocator(file);
    use(allocator);
    expect(checkAllocator(allocator).passed).toBe(true);
  });

  test('without any aligned allocation is not one: found and missing are listed', () => {
    const file = libraries.compile('unaligned', family('je_', ''));
    expect(error(() => loadAllocator(file))).toMatchObject({
      code: 'ERR_ALLOMORPH_LIBRARY',
      message: expect.stringContaining(
        'but not je_posix_memalign or je_memalign or je_aligned_alloc',
      ) as string,
      values: {
        found: ['je_malloc', 'je_free', 'je_realloc'],
        missing: ['je_posix_memalign or je_memalign or je_aligned_alloc'],
      },
    });
  });

  test('whose aligned blocks are not aligned gets a second, larger chance', () => {
    // As mimalloc 2.0.9 has it for sizes that are a power of two.
    const file = libraries.compile(
      'halfaligned',
      family(
        'je_',
        `int je_posix_memalign(void **p, size_t a, size_t n) {
        if ((n & (n - 1)) != 0 || a <= 16) return posix_memalign(p, a, n);
        char *base; if (posix_memalign((void **)&base, a, n + a)) return 12;
        *p = base; if (n == 256) { (free)(base); *p = malloc(n); } return 0; }`,
      ),
    );
    const allocator = loadAllocator(file, { verify: false });
    const blocks = Array.from({ length: 20 }, () => allocator.unsafe.allocate(256, 256));
    expect(blocks.map((address) => address % 256)).toEqual(blocks.map(() => 0));
    for (const address of blocks) allocator.unsafe.deallocate(address, 256, 256);
  });

  test('the C library itself is one', () => {
    const libc = process.report.getReport() as { sharedObjects?: string[] };
    const file = libc.sharedObjects?.find((each) => /\/libc\.(so\.6|musl)/.test(each));
    if (file === undefined) throw new Error('no C library among the shared objects');
    use(loadAllocator(file));
  });
});

const installed = '/usr/lib/x86_64-linux-gnu';
const isInstalled = (file: string) => existsSync(path.join(installed, file));

describe('libraries of this machine', () => {
  (isInstalled('libmimalloc.so.2') ? test : test.skip)('mimalloc', () => {
    use(loadAllocator(path.join(installed, 'libmimalloc.so.2')));
  });
  (isInstalled('libtcmalloc_minimal.so.4') ? test : test.skip)('tcmalloc', () => {
    use(loadAllocator(path.join(installed, 'libtcmalloc_minimal.so.4')));
  });
  (isInstalled('libjemalloc.so.2') ? test : test.skip)(
    'jemalloc, which uses initial-exec TLS, is explained, and loads by the cure',
    () => {
      const file = path.join(installed, 'libjemalloc.so.2');
      const source = `
        const { loadAllocator } = require('allomorph');
        try { console.log(loadAllocator(${JSON.stringify(file)}, { verify: false }).name); }
        catch (error) { console.log(error.code, error.message); }`;
      const refused = node(source).stdout;
      expect(refused).toMatch(
        /^jemalloc$|ERR_ALLOMORPH_LIBRARY .*static TLS.*allomorph run --allocator/,
      );
      const cure = /GLIBC_TUNABLES=(\S+);/.exec(refused)?.[1];
      if (cure !== undefined) {
        expect(node(source, { env: { GLIBC_TUNABLES: cure } }).stdout).toBe('jemalloc\n');
      }
    },
  );
});
