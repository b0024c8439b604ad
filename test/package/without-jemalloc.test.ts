import { allocators, jemalloc, processAllocator } from 'allomorph';
import { addonFile } from '../support/binaries.js';
import { cli, node, run } from '../support/child.js';

// Every door to jemalloc, in both builds: with it, it works; without it, it refuses with the
// code for that and says what to do.

const absent = !jemalloc.available;

function expectChild(child: { status: number | null; stderr: string }): void {
  if (absent) {
    expect(child.status).not.toBe(0);
    expect(child.stderr).toContain('ERR_ALLOMORPH_UNAVAILABLE');
    expect(child.stderr).toMatch(/without jemalloc/);
  } else {
    expect(child).toMatchObject({ status: 0, stderr: '' });
  }
}

test('import "allomorph/global/jemalloc"', () => {
  expectChild(node(`import 'allomorph/global/jemalloc';`, { type: 'module' }));
});

test('setGlobalAllocator(jemalloc)', () => {
  expectChild(node(`const a = require('allomorph'); a.setGlobalAllocator(a.jemalloc);`));
});

test('ALLOMORPH_ALLOCATOR=jemalloc', () => {
  expectChild(node(`require('allomorph')`, { env: { ALLOMORPH_ALLOCATOR: 'jemalloc' } }));
});

test('ALLOMORPH_ALLOCATOR=jemalloc, met first by native code', () => {
  // A C caller has no exception to catch: the process ends with a sentence.
  const child = node(
    `const koffi = require('koffi');
     koffi.load(process.env.ADDON).func('__rust_usable_size', 'size_t', ['size_t', 'size_t'])(64, 16);`,
    { env: { ALLOMORPH_ALLOCATOR: 'jemalloc', ADDON: addonFile } },
  );
  if (absent) {
    expect(child.status).toBe(1);
    expect(child.stderr).toContain('ALLOMORPH_ALLOCATOR is "jemalloc"');
  } else {
    expect(child).toMatchObject({ status: 0, stderr: '' });
  }
});

test('allomorph run', () => {
  const child = run(process.execPath, [cli, 'run', '--', process.execPath, '-e', '0']);
  if (absent) {
    expect(child.status).toBe(125);
    expect(child.stderr).toContain('liballomorph-jemalloc.so was not built');
    expect(child.stderr).toContain('ALLOMORPH_JEMALLOC');
  } else {
    expect(child).toMatchObject({ status: 0, stderr: '' });
  }
});

test('allocators() lists it only when it is there', () => {
  expect(allocators().some(({ name, builtIn }) => builtIn && name === 'jemalloc')).toBe(!absent);
  expect(processAllocator().options).toBeNull();
});
