import {
  copyFileSync,
  existsSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  Block,
  BufferPool,
  abiTable,
  cached,
  checkAllocator,
  loadAllocator,
  type NativeAllocator,
} from 'allomorph';
import { makeLibraries, type Fault, type Libraries } from '../support/allocator-libraries.js';
import { addonFile } from '../support/binaries.js';
import { node, root } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

let libraries: Libraries;
beforeAll(() => {
  libraries = makeLibraries();
  // The user's own cache is none of the tests' business.
  process.env['ALLOMORPH_CACHE'] = path.join(libraries.folder, 'cache');
});
afterAll(() => {
  delete process.env['ALLOMORPH_CACHE'];
  libraries.remove();
});

const error = (
  call: () => unknown,
): { code: string; message: string; values: Record<string, unknown> } => {
  try {
    call();
  } catch (thrown) {
    return thrown as ReturnType<typeof error>;
  }
  throw new Error('nothing was thrown');
};
const use = (allocator: NativeAllocator) => {
  const address = allocator.allocate(1000, 64);
  expect([address % 64, allocator.live().blocks]).toEqual([0, 1]);
  allocator.deallocate(address, 1000, 64);
  expect(allocator.live()).toEqual({ blocks: 0, bytes: 0 });
};

describe('a library with the five functions', () => {
  test('is an allocator as any other native one', () => {
    const allocator = loadAllocator(libraries.allocator());
    expect(allocator.name).toBe('libsound.so');
    use(allocator);
    expect(() => {
      allocator.deallocate(4096 as never, 1, 1);
    }).toThrow(expect.objectContaining({ code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK' }));
    const block = Block.allocate(500, { allocator });
    expect(allocator.live().blocks).toBe(1);
    block.free();
    const pool = new BufferPool({ allocator });
    pool.free(pool.alloc(100));
    pool.close();
    using cache = cached(allocator);
    cache.deallocate(cache.allocate(10, 1), 10, 1);
    cache.flush();
    expect(abiTable(allocator)).toBeGreaterThan(0n);
    expect(allocator.live().blocks).toBe(0);
  });

  test('is the same one however often and by whichever link it is loaded, and keeps its name', () => {
    const file = libraries.allocator();
    const link = path.join(libraries.folder, 'link.so');
    symlinkSync(file, link);
    const first = loadAllocator(file);
    expect(loadAllocator(link, { name: 'another' })).toBe(first);
    expect(loadAllocator(file, { prefix: '__rust_' })).toBe(first);
    expect(abiTable(loadAllocator(file))).toBe(abiTable(first));
  });

  test('may have another prefix, found or named, and a name', () => {
    const found = loadAllocator(libraries.allocator(undefined, ['-DPREFIX=my_']), { name: 'mine' });
    expect(found.name).toBe('mine');
    use(found);
    expect(loadAllocator(libraries.allocator(undefined, ['-DPREFIX=my_']), { prefix: 'my_' })).toBe(
      found,
    );
  });

  test('keeps the contract when called from here', () => {
    expect(checkAllocator(loadAllocator(libraries.allocator())).passed).toBe(true);
  });
});

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

describe('what is no allocator library is refused with the reason', () => {
  const at = (name: string) => path.join(libraries.folder, name);
  const cases: [string, () => unknown, string, RegExp][] = [
    [
      'a relative path',
      () => './libmy.so',
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      /must be absolute, got '\.\/libmy\.so'/,
    ],
    [
      'no path',
      () => undefined,
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      /must be absolute, got undefined/,
    ],
    ['a NUL in it', () => '/a\0b', 'ERR_ALLOMORPH_INVALID_ARGUMENT', /must be absolute/],
    ['an absent file', () => at('absent.so'), 'ERR_ALLOMORPH_LIBRARY', /does not exist/],
    ['a folder', () => libraries.folder, 'ERR_ALLOMORPH_LIBRARY', /is a folder/],
    ['a device', () => '/dev/null', 'ERR_ALLOMORPH_LIBRARY', /is not a file/],
    ['a text', () => path.join(root, 'package.json'), 'ERR_ALLOMORPH_LIBRARY', /not an ELF file/],
    [
      'no allocator',
      () => libraries.compile('nothing', 'int nothing;'),
      'ERR_ALLOMORPH_LIBRARY',
      /exports neither the five functions/,
    ],
    ['a program', () => process.execPath, 'ERR_ALLOMORPH_LIBRARY', /./],
    ['our own addon', () => addonFile, 'ERR_ALLOMORPH_LIBRARY', /is part of allomorph itself/],
  ];
  test.each(cases)('%s', (_name, file, code, message) => {
    const thrown = error(() => loadAllocator(file() as string, { verify: false }));
    expect(thrown.code).toBe(code);
    expect(thrown.message).toMatch(message);
  });

  test('a truncated file', () => {
    const file = at('truncated.so');
    copyFileSync(libraries.allocator(), file);
    truncateSync(file, 6000);
    expect(error(() => loadAllocator(file)).message).toMatch(/is truncated/);
  });

  test('another architecture', () => {
    const file = at('foreign.so');
    copyFileSync(libraries.allocator(), file);
    const bytes = Buffer.from(new Uint8Array(64));
    bytes.write('\x7fELF\x02\x01\x01', 'latin1');
    bytes.writeUInt16LE(3, 16);
    bytes.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
    bytes.writeUInt16LE(56, 54);
    writeFileSync(file, bytes);
    expect(error(() => loadAllocator(file)).message).toMatch(
      /is built for (arm64|x64) \(64 bits\), and Node here is/,
    );
  });

  test('a dependency that is missing, and a symbol that nobody defines', () => {
    const gone = libraries.compile('gone', 'int gone(void) { return 1; }');
    const flags = ['-Wl,--no-as-needed', gone, `-L${libraries.folder}`];
    const source = (symbol: string) =>
      `extern int ${symbol}(void); ${['malloc', 'free', 'realloc', 'memalign'].map((name) => `void *x_${name}(long a, long b) { return (void *)(a + b + ${symbol}()); }`).join('\n')}`;
    const file = libraries.compile('needs', source('gone'), flags);
    copyFileSync(gone, at('kept.so'));
    writeFileSync(gone, 'no library');
    for (const verify of [true, false]) {
      const thrown = error(() => loadAllocator(file, { verify }));
      expect([thrown.code, thrown.message]).toEqual([
        'ERR_ALLOMORPH_LIBRARY',
        expect.stringContaining('libgone.so'),
      ]);
    }
    const undefinedSymbol = libraries.compile('undefined', source('nowhere'));
    expect(error(() => loadAllocator(undefinedSymbol)).message).toMatch(
      /undefined symbol: nowhere.*Link|link it/s,
    );
  });

  test('options that are none', () => {
    const file = libraries.allocator();
    for (const options of [
      null,
      { prefix: 'a-b' },
      { prefix: 1 },
      { name: '' },
      { verify: 'yes' },
    ]) {
      expect(error(() => loadAllocator(file, options as never)).code).toBe(
        'ERR_ALLOMORPH_INVALID_ARGUMENT',
      );
    }
  });
});

describe('what has passed is remembered', () => {
  const marks = () => {
    const folder = path.join(libraries.folder, 'cache', 'conforming');
    return existsSync(folder) ? readdirSync(folder).length : 0;
  };
  const source = (file: string, options = {}) => `
    const start = performance.now();
    require('allomorph').loadAllocator(${JSON.stringify(file)}, ${JSON.stringify(options)});
    const children = process.resourceUsage; console.log('loaded');`;

  test('by its content; a failure is not, and a cache that cannot be written is none', () => {
    const env = { ALLOMORPH_CACHE: path.join(libraries.folder, 'cache') };
    const file = path.join(libraries.folder, 'copy.so');
    copyFileSync(libraries.allocator(undefined, ['-DPREFIX=remembered_']), file);
    const before = marks();
    expect(node(source(file), { env })).toMatchObject({ stdout: 'loaded\n', stderr: '' });
    expect(marks()).toBe(before + 1);
    // Known content is not tried again: a process of its own could not be started here.
    const flags = ['-r', path.join(root, 'test/fixtures/no-child-process.cjs')];
    expect(node(source(file), { env, flags })).toMatchObject({ stdout: 'loaded\n' });
    expect(node(source(file, { verify: true }), { env, flags }).stderr).toContain(
      'ERR_ALLOMORPH_SYSTEM',
    );
    expect(node(source(file), { env: { ALLOMORPH_CACHE: '/proc/nowhere' } }).stdout).toBe(
      'loaded\n',
    );
    loadRefused(libraries.allocator('loses_content'));
    expect(marks()).toBe(before + 1);
  });

  const loadRefused = (file: string) => {
    expect(error(() => loadAllocator(file)).code).toBe('ERR_ALLOMORPH_NONCONFORMING');
  };

  test('a file that changed since this process loaded it is refused', () => {
    const file = path.join(libraries.folder, 'changing.so');
    copyFileSync(libraries.allocator(undefined, ['-DPREFIX=one_']), file);
    const source = `
      const { loadAllocator } = require('allomorph'); const fs = require('node:fs');
      loadAllocator(${JSON.stringify(file)}, { verify: false });
      fs.rmSync(${JSON.stringify(file)});
      fs.copyFileSync(${JSON.stringify(libraries.allocator(undefined, ['-DPREFIX=one_', '-O2']))}, ${JSON.stringify(file)});
      try { loadAllocator(${JSON.stringify(file)}, { verify: false }); } catch (error) { console.log(error.code, error.message); }`;
    expect(node(source).stdout).toMatch(
      /ERR_ALLOMORPH_LIBRARY .* was changed since this process loaded it/,
    );
  });
});

test('threads share the backend: blocks cross, counts are one', () => {
  const file = libraries.allocator();
  const source = `
    const { loadAllocator, abiTable } = require('allomorph');
    const { Worker } = require('node:worker_threads');
    const file = ${JSON.stringify(file)};
    const allocator = loadAllocator(file, { verify: false });
    const body = \`
      const { parentPort, workerData } = require('node:worker_threads');
      const { loadAllocator, abiTable } = require('allomorph');
      const mine = loadAllocator(workerData, { verify: false });
      const blocks = Array.from({ length: 1000 }, (_, index) => mine.allocate(1 + index, 16));
      parentPort.postMessage([blocks, abiTable(mine)]);\`;
    (async () => {
      const results = await Promise.all(Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
        const worker = new Worker(body, { eval: true, workerData: file });
        worker.once('message', resolve); worker.once('error', reject);
      })));
      const before = allocator.live().blocks;
      for (const [blocks, table] of results) {
        if (table !== abiTable(allocator)) throw new Error('another backend');
        blocks.forEach((address, index) => allocator.deallocate(address, 1 + index, 16));
      }
      console.log(before, allocator.live().blocks);
    })();`;
  expect(node(source)).toMatchObject({ stderr: '', stdout: '4000 0\n' });
});
