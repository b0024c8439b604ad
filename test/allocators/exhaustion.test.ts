import path from 'node:path';
import { jemalloc } from 'allomorph';
import { run } from '../support/child.js';

// Real exhaustion needs a limit on the address space, which would take Jest along.
const backends = jemalloc.available ? ['system', 'jemalloc'] : ['system'];

describe.each(backends)('%s under an address-space limit', (name) => {
  test('checked throws, unsafe returns 0, the blocks that are there keep their content', () => {
    const script = path.join(__dirname, '..', 'fixtures', 'exhaust.ts');
    const hook = path.join(__dirname, '..', 'support', 'typescript-hook.cjs');
    // 6 GB above what V8 reserves for itself is plenty to start and little to fill.
    const child = run('bash', [
      '-c',
      'ulimit -v 8000000; exec "$@"',
      'bash',
      process.execPath,
      '-r',
      hook,
      script,
      name,
    ]);
    expect(child.stderr).toBe('');
    const report = JSON.parse(child.stdout) as Record<string, unknown>;
    expect(report).toEqual({
      filledBlocks: expect.any(Number) as number,
      checkedCode: 'ERR_ALLOMORPH_OUT_OF_MEMORY',
      checkedReallocateCode: 'ERR_ALLOMORPH_OUT_OF_MEMORY',
      unsafeAllocate: 0,
      unsafeReallocate: 0,
      contentsIntact: true,
      live: { blocks: 0, bytes: 0 },
    });
    expect(report['filledBlocks']).toBeGreaterThan(2);
  });
});
