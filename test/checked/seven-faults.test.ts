import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, run, type Ended } from '../support/child.js';

// The faults that are looked for, at both levels, in a program: each message names its lines.

const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-faults-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const [allocatedLine, freedLine] = [8, 11];

/** `free` is called on line 11, and the block is allocated on line 8. */
const program = (level: string, faulty: string) => `'use strict';
const { createRequire } = require('node:module');
const { checked, system } = createRequire(${JSON.stringify(path.join(root, 'package.json'))})('allomorph');
const koffi = createRequire(${JSON.stringify(path.join(root, 'package.json'))})('koffi');
const library = koffi.load(null);
const memset = library.func('memset', 'void*', ['uintptr_t', 'int', 'size_t']);
const allocator = checked(system, { level: '${level}' });
const address = allocator.allocate(64, 16);

function free(size = 64, align = 16, at = address) {
  allocator.deallocate(at, size, align);
}
const memchr = library.func('memchr', 'uintptr_t', ['uintptr_t', 'int', 'size_t']);
try {
  ${faulty}
} catch (error) {
  const { code, values: { kind, size, allocatedAt, freedAt } } = error;
  console.log(JSON.stringify({ code, kind, size, allocatedAt, freedAt, message: error.message }));
}
process.exitCode = 0;
`;

interface Row {
  readonly fault: string;
  readonly script: string;
  readonly code?: string;
  readonly kind: string;
  readonly isFreed?: boolean;
  /** How page-guard tells it; otherwise as poison does. */
  readonly dies?: boolean;
}

const rows: readonly Row[] = [
  {
    fault: 'overflow by one byte',
    script: 'memset(address + 64, 0x42, 1); free();',
    code: 'ERR_ALLOMORPH_CORRUPTED',
    kind: 'overflow',
    dies: true,
  },
  {
    fault: 'underflow by one byte',
    script: 'memset(address - 1, 0x42, 1); free();',
    code: 'ERR_ALLOMORPH_CORRUPTED',
    kind: 'underflow',
  },
  {
    fault: 'write after free',
    script:
      'free(); memset(address + 5, 0x42, 1); const [fault] = allocator.verify(); throw Object.assign(new Error(fault.message), { values: fault });',
    kind: 'use-after-free',
    isFreed: true,
    dies: true,
  },
  {
    fault: 'double free',
    script: 'free(); free();',
    code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
    kind: 'double-free',
    isFreed: true,
  },
  {
    fault: 'wrong size',
    script: 'free(63);',
    code: 'ERR_ALLOMORPH_SIZE_MISMATCH',
    kind: 'wrong-size',
  },
  {
    fault: 'wrong alignment',
    script: 'free(64, 8);',
    code: 'ERR_ALLOMORPH_ALIGNMENT_MISMATCH',
    kind: 'wrong-alignment',
  },
  {
    fault: 'an address inside the block',
    script: 'free(64, 16, address + 16);',
    code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK',
    kind: 'interior-free',
  },
];

function runProgram(level: string, faulty: string): { child: Ended; file: string } {
  const file = path.join(folder, 'program.cjs');
  writeFileSync(file, program(level, faulty));
  return { child: run(process.execPath, [file]), file };
}

const levels = ['poison', 'page-guard'] as const;

describe.each(levels)('level %s names the block and its lines', (level) => {
  test.each(rows)('$fault', ({ script, code, kind, isFreed = false, dies = false }) => {
    const { child, file } = runProgram(level, script);
    const [allocated, freed] = [`${file}:${allocatedLine}:`, `${file}:${freedLine}:`];
    if (dies && level === 'page-guard') {
      expect(child).toMatchObject({ signal: 'SIGSEGV', stdout: '' });
      expect(child.stderr).toContain(`==allomorph== ${kind}: access to 0x`);
      expect(child.stderr).toContain(', size 64, alignment 16, ');
      expect(child.stderr).toContain(`allocated at\n==allomorph==     ${allocated}`);
      const freedPart = `freed at\n==allomorph==     ${freed}`;
      expect(child.stderr.includes(freedPart)).toBe(isFreed);
      return;
    }
    expect(child.status).toBe(0);
    const error = JSON.parse(child.stdout) as Record<string, unknown>;
    expect(error).toMatchObject({ kind, size: 64, ...(code !== undefined && { code }) });
    expect(error['allocatedAt']).toContain(allocated);
    expect(error['message']).toContain(allocated);
    if (isFreed) expect(error['freedAt']).toContain(freed);
    else expect(error['freedAt']).toBeUndefined();
  });

  test('an address that is no block', () => {
    const { child } = runProgram(level, 'free(64, 16, 4096);');
    expect(child.status).toBe(0);
    expect(JSON.parse(child.stdout)).toMatchObject({ code: 'ERR_ALLOMORPH_UNKNOWN_BLOCK' });
  });

  test('leak', () => {
    const { child, file } = runProgram(level, '');
    expect(child).toMatchObject({ status: 0, stdout: '' });
    expect(child.stderr).toContain('checked(system): 1 block (64 bytes) was never freed.');
    expect(child.stderr).toContain(`${file}:${allocatedLine}:`);
  });
});

test('page-guard catches reads', () => {
  const { child, file } = runProgram('page-guard', 'free(); memchr(address, 300, 64);');
  expect(child).toMatchObject({ signal: 'SIGSEGV', stdout: '' });
  expect(child.stderr).toMatch(/^==allomorph== use-after-free: access to 0x/);
  expect(child.stderr).toContain(`freed at\n==allomorph==     ${file}:${freedLine}:`);
});
