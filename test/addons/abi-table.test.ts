import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  abiTable,
  cached,
  globalAllocator,
  include,
  jemalloc,
  system,
  type Allocator,
} from 'allomorph';
import koffi from 'koffi';
import { node, root, run } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

/** Another addon, as far as memory goes: it knows the header and gets the table's address. */
const client = `
  #include <allomorph.h>
  typedef const allomorph_abi *table;
  unsigned int version(uintptr_t at) { return ((table)at)->version; }
  const char *name(uintptr_t at) { return ((table)at)->name; }
  uintptr_t allocate(uintptr_t at, size_t size, size_t align) {
    return (uintptr_t)((table)at)->allocate(size, align);
  }
  void deallocate(uintptr_t at, uintptr_t ptr, size_t size, size_t align) {
    ((table)at)->deallocate((uint8_t *)ptr, size, align);
  }`;

let folder: string;
let library: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-abi-'));
  library = path.join(folder, 'libclient.so');
  const flags = ['-shared', '-fPIC', '-std=c11', '-Wall', '-Werror', `-I${include}`];
  const built = run('cc', [...flags, '-o', library, '-xc', '-'], {}, client);
  expect(built).toMatchObject({ status: 0, stderr: '' });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const backends = jemalloc.available ? [system, jemalloc] : [system];

test.each(backends.map((backend) => [backend.name, backend] as const))(
  'the table of %s allocates from it, and is always the same',
  (name, backend) => {
    const loaded = koffi.load(library);
    const table = abiTable(backend);
    expect(loaded.func('unsigned int version(uintptr_t)')(table)).toBe(1);
    expect(loaded.func('const char *name(uintptr_t)')(table)).toBe(name);
    const before = backend.live().blocks;
    const address: unknown = loaded.func('uintptr_t allocate(uintptr_t, size_t, size_t)')(
      table,
      100,
      16,
    );
    expect(backend.live().blocks).toBe(before + 1);
    loaded.func('void deallocate(uintptr_t, uintptr_t, size_t, size_t)')(table, address, 100, 16);
    expect(backend.live().blocks).toBe(before);
    expect(abiTable(backend)).toBe(table);
  },
);

test('that of globalAllocator() follows a choice that is made later', () => {
  const source = `
    const { abiTable, globalAllocator, setGlobalAllocator, jemalloc, system } = require('allomorph');
    const loaded = require(${JSON.stringify(path.join(root, 'node_modules', 'koffi'))}).load(${JSON.stringify(library)});
    const table = abiTable(globalAllocator());
    const chosen = setGlobalAllocator(jemalloc.available ? jemalloc : system);
    loaded.func('uintptr_t allocate(uintptr_t, size_t, size_t)')(table, 100, 16);
    const name = loaded.func('const char *name(uintptr_t)')(table);
    console.log(name, chosen.live().blocks, abiTable(globalAllocator()) === abiTable(chosen));`;
  expect(node(source)).toMatchObject({ stdout: 'global 1 true\n', stderr: '' });
  expect(abiTable(globalAllocator())).toBeGreaterThan(0n);
});

test('an allocator in JavaScript has none: refused with the reason', () => {
  using cache = cached(system);
  const inheriting = Object.create(system, { name: { value: 'mine' } }) as Allocator;
  for (const allocator of [cache, inheriting]) {
    expect(() => abiTable(allocator)).toThrow(
      expect.objectContaining({
        code: 'ERR_ALLOMORPH_NOT_NATIVE',
        message: expect.stringMatching(/JavaScript/) as string,
      }),
    );
  }
  expect(() => abiTable({} as Allocator)).toThrow(
    expect.objectContaining({ code: 'ERR_ALLOMORPH_INVALID_ARGUMENT' }),
  );
});

test('include is the folder of the header, which compiles by itself', () => {
  expect(existsSync(path.join(include, 'allomorph.h'))).toBe(true);
  expect(node(`process.stdout.write(require('allomorph').include)`).stdout).toBe(include);
  const source = path.join(folder, 'use.cc');
  writeFileSync(source, '#include <allomorph.h>\nstatic_assert(ALLOMORPH_ABI_VERSION == 1);\n');
  const built = run('c++', [
    '-std=c++17',
    '-Wall',
    '-Werror',
    `-I${include}`,
    '-fsyntax-only',
    source,
  ]);
  expect(built).toMatchObject({ status: 0, stderr: '' });
});
