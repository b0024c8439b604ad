import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadAllocator } from 'allomorph';
import { useLibraries } from '../support/allocator-libraries.js';
import { addonFile } from '../support/binaries.js';
import { root } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';
import { error } from './support/loading.js';

expectNoLeaks();
const libraries = useLibraries();

describe('what is no allocator library is refused with the reason', () => {
  const at = (name: string) => path.join(libraries.folder, name);
  const cases: [string, () => unknown, string, RegExp][] = [
    [
      'a relative path',
      () => './libmy.so',
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      /must be absolute, got '\.\/libmy\.so'\. Make it so: path\.resolve\('libmy\.so'\), or .*import\.meta\.url/,
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
