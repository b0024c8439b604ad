import path from 'node:path';
import { jemalloc } from 'allomorph';
import { addonFile, binariesFolder } from '../support/binaries.js';
import { run } from '../support/child.js';
import { namesByNm } from '../support/names-by-nm.js';

// readelf comes with every compiler on Linux (binutils).
const linuxOnly = process.platform === 'linux' ? describe : describe.skip;

function tool(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

linuxOnly('the addon', () => {
  test('shows the five symbols, allomorph_* and the Node-API entry, and nothing else', () => {
    expect(namesByNm(addonFile).sort()).toEqual([
      '__rust_allocate',
      '__rust_deallocate',
      '__rust_reallocate',
      '__rust_reallocate_inplace',
      '__rust_usable_size',
      'allomorph_copy',
      'allomorph_global_abi',
      'napi_register_module_v1',
      'node_api_module_get_api_version_v1',
    ]);
  });

  test('has no static TLS, so that it can always be loaded; binds its own symbols; is never unloaded', () => {
    const dynamic = tool('readelf', '-d', addonFile);
    expect(dynamic).not.toContain('STATIC_TLS');
    expect(dynamic).toContain('SYMBOLIC');
    expect(dynamic).toContain('NODELETE');
  });

  test('has no executable stack and no text relocations', () => {
    expect(tool('readelf', '-lW', addonFile)).toMatch(/GNU_STACK.*RW /);
    expect(tool('readelf', '-d', addonFile)).not.toContain('TEXTREL');
  });
});

linuxOnly('the preload library', () => {
  const file = path.join(binariesFolder, 'liballomorph-jemalloc.so');

  test('exists exactly when jemalloc is built in', () => {
    expect(run('test', ['-f', file]).status === 0).toBe(jemalloc.available);
  });

  (jemalloc.available ? test : test.skip)(
    'is initial-exec, with a name of its own, and no C++',
    () => {
      const dynamic = tool('readelf', '-d', file);
      expect(dynamic).toContain('STATIC_TLS');
      expect(dynamic).toContain('[liballomorph-jemalloc.so]');
      expect(dynamic).not.toContain('libstdc++');
      expect(namesByNm(file, /T/)).toEqual(
        expect.arrayContaining([
          'malloc',
          'calloc',
          'realloc',
          'free',
          'posix_memalign',
          'aligned_alloc',
          'mallctl',
        ]),
      );
    },
  );
});

linuxOnly('the interposer', () => {
  const file = path.join(binariesFolder, 'liballomorph-malloc.so');

  test('shows the malloc family and what tells its specification, and nothing else', () => {
    expect(namesByNm(file, /T/).sort()).toEqual(
      [
        ...['malloc', 'calloc', 'realloc', 'reallocarray', 'free', 'cfree', 'posix_memalign'],
        ...['aligned_alloc', 'memalign', 'valloc', 'pvalloc', 'malloc_usable_size'],
        ...['free_sized', 'free_aligned_sized', 'allomorph_malloc_spec'],
      ].sort(),
    );
  });

  test('is bound when it is loaded, since it is called before anything else is ready', () => {
    expect(tool('readelf', '-d', file)).toMatch(/BIND_NOW|Flags:.*NOW/);
  });
});

linuxOnly('the supervisor of compare', () => {
  const file = path.join(binariesFolder, 'allomorph-supervisor');

  test('is a program that needs nothing but the C library', () => {
    const needed = [...tool('readelf', '-d', file).matchAll(/\(NEEDED\).*\[(.+)\]/g)];
    expect(needed.map(([, name]) => name)).toEqual(['libc.so.6']);
  });

  test('says what it is for when it is started by hand', () => {
    const ended = run(file, []);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('started by allomorph compare');
  });
});
