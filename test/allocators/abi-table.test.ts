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
import { node, run } from '../support/child.js';
import { expectNoLeaks } from '../support/leaks.js';

expectNoLeaks();

const functions = koffi.proto('uintptr_t AbiAllocate(size_t size, size_t align)');
const deallocating = koffi.proto(
  'void AbiDeallocate(uintptr_t ptr, size_t old_size, size_t align)',
);
const table = koffi.struct('AbiTable', {
  version: 'uint32_t',
  struct_size: 'uint32_t',
  name: 'const char *',
  allocate: koffi.pointer(functions),
  deallocate: koffi.pointer(deallocating),
});
const read = (allocator: Allocator) =>
  koffi.decode(abiTable(allocator), table) as {
    version: number;
    name: string;
    allocate: (size: number, align: number) => number;
    deallocate: (address: number, size: number, align: number) => void;
  };

const backends = jemalloc.available ? [system, jemalloc] : [system];

test.each(backends.map((backend) => [backend.name, backend] as const))(
  'the table of %s allocates from it, and is always the same',
  (name, backend) => {
    const abi = read(backend);
    expect([abi.version, abi.name]).toEqual([1, name]);
    const before = backend.live().blocks;
    const address = abi.allocate(100, 16);
    expect(backend.live().blocks).toBe(before + 1);
    abi.deallocate(address, 100, 16);
    expect(abiTable(backend)).toBe(abiTable(backend));
  },
);

test('that of globalAllocator() follows a choice that is made later', () => {
  const source = `
    const { abiTable, globalAllocator, setGlobalAllocator, jemalloc, system } = require('allomorph');
    const koffi = require('koffi');
    const Table = koffi.struct({ version: 'uint32_t', size: 'uint32_t', name: 'const char *', allocate: koffi.pointer(koffi.proto('uintptr_t A(size_t s, size_t a)')) });
    const abi = koffi.decode(abiTable(globalAllocator()), Table);
    const chosen = setGlobalAllocator(jemalloc.available ? jemalloc : system);
    abi.allocate(100, 16);
    console.log(abi.name, chosen.live().blocks, abiTable(globalAllocator()) === abiTable(chosen));`;
  expect(node(source)).toMatchObject({ stdout: 'global 1 true\n', stderr: '' });
  expect(abiTable(globalAllocator())).toBeGreaterThan(0n);
});

test('an allocator in JavaScript has none: refused with the reason', () => {
  using cache = cached(system);
  const inheriting = Object.create(system) as Allocator;
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
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-include-'));
  try {
    const source = path.join(folder, 'use.c');
    writeFileSync(
      source,
      '#include <allomorph.h>\nint main(void) { return ALLOMORPH_ABI_VERSION - 1; }\n',
    );
    const built = run('cc', [
      '-std=c11',
      '-Wall',
      '-Werror',
      `-I${include}`,
      '-o',
      path.join(folder, 'use'),
      source,
    ]);
    expect(built).toMatchObject({ status: 0, stderr: '' });
    expect(run(path.join(folder, 'use'), []).status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
