import { jemalloc } from 'allomorph';
import type { Ended } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';
import { node, onAllocator } from './support/interposed.js';

// What programs may do that a malloc easily gets wrong: fork in handlers, be cancelled, have handlers
// of their own, free what another malloc gave.

const fixtures = new CompiledFixtures();
const folder = 'test/fixtures/hazards';
const constructed = fixtures.library(`${folder}/constructed.c`);
const hazards = fixtures.program(`${folder}/hazards.c`, ['-O0', '-Wl,--no-as-needed', constructed]);
const overflowing = fixtures.library(`${folder}/overflowing.c`);
const classic = fixtures.library('test/fixtures/allocators/classic.c');
afterAll(() => {
  fixtures.remove();
});

const poison = 'checked:leaks=off,frames=0:system';
const guarded = 'checked:level=page-guard,every=5,leaks=off,frames=2:system';
const run = (spec: string, what: string): Ended => onAllocator(spec, [hazards, what]);

describe.each([poison, guarded, 'counted:system'])('on %s', (spec) => {
  test('handlers of fork allocate and free', () => {
    expect(run(spec, 'fork')).toMatchObject({ status: 7, signal: null });
  });

  test('a signal handler forks, whatever it has interrupted', () => {
    expect(run(spec, 'fork-in-handler')).toMatchObject({ status: 0, signal: null });
  });

  test('malloc and posix_spawn are no points of cancellation', () => {
    for (const what of ['cancel', 'cancel-spawn']) {
      expect(run(spec, what)).toMatchObject({ status: 0, signal: null });
    }
  });

  test('a block of the C library tells its size, and can be freed', () => {
    expect(run(spec, 'ask-early')).toMatchObject({ status: 0, signal: null });
  });
});

(jemalloc.available ? test : test.skip)('a block of the C library, on jemalloc', () => {
  expect(run('counted:jemalloc', 'ask-early')).toMatchObject({ status: 0, signal: null });
});

test('a block of the C library that is freed is no fault', () => {
  const strict = 'checked:leaks=off,exit-status=99:system';
  expect(run(strict, 'free-early')).toMatchObject({ status: 0, stderr: '' });
});

const reports = (text: string) => text.match(/overflow: access to 0x/g)?.length ?? 0;

test('page-guard tells of an access in an addon of Node, whose own handler came later', () => {
  const child = node(guarded, `process.dlopen({ exports: {} }, ${JSON.stringify(overflowing)})`);
  expect(child).toMatchObject({ status: null, signal: 'SIGSEGV' });
  expect(reports(child.stderr)).toBe(1);
  expect(child.stderr).toContain(overflowing);
});

test('page-guard leaves the traps of WebAssembly to Node', () => {
  // (func (export "f") (result i32) (i32.load (i32.const 0x7fffff00)))
  const bytes =
    '0061736d010000000105016000017f030201000503010001070501016600000a0d010b004180feffff07280200 0b';
  const child = node(
    guarded,
    `const bytes = Buffer.from(${JSON.stringify(bytes)}.replace(' ', ''), 'hex');
     const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
     for (let round = 0; round < 3; round++) {
       try { exports.f(); } catch (error) { console.log(error.message); }
     }`,
  );
  expect(child).toMatchObject({ status: 0, stderr: '' });
  expect(child.stdout).toBe('memory access out of bounds\n'.repeat(3));
});

test('page-guard and a handler that calls the one before it: each once', () => {
  const child = run(guarded, 'overflow-chained');
  expect(child).toMatchObject({ status: null, signal: 'SIGSEGV', stdout: 'own handler\n' });
  expect(reports(child.stderr)).toBe(1);
});

test('page-guard and a handler that goes on elsewhere: a report for each access', () => {
  const child = run(guarded, 'overflow-caught');
  expect(child).toMatchObject({ status: 0, stdout: 'caught 3\n' });
  expect(reports(child.stderr)).toBe(3);
});

test('page-guard over an allocator that ignores alignments says so, and loses no block', () => {
  const child = run(
    `checked:level=page-guard,every=1,quarantine=1m,leaks=off,frames=0:${classic}`,
    'churn',
  );
  expect(child.status).toBe(0);
  expect(child.stderr).toMatch(/^==allomorph== no guard pages: the allocator behind gave a block/);
  expect(child.stderr).not.toContain('exhausted');
  // 20,000 blocks of 10 kB on average; lost, 200 MB of them.
  expect(Number(child.stdout)).toBeLessThan(50_000);
});
