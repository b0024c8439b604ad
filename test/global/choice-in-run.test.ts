import { jemalloc } from 'allomorph';
import { cli, run } from '../support/child.js';
import { epilogue, load, other, prelude } from './support/program.js';

const withJemalloc = jemalloc.available ? describe : describe.skip;

describe('in a process that was started by allomorph run', () => {
  withJemalloc('on jemalloc', () => {
    test('the rules are the same, and the jemalloc backend is the process’s own', () => {
      const source = `${load.commonjs}${prelude}
        const { processAllocator } = require('allomorph');
        note(() => globalAllocator());
        note(() => setGlobalAllocator(jemalloc));
        const before = jemalloc.stats().allocated;
        const buffers = Array.from({ length: 50 }, () => Buffer.allocUnsafeSlow(1_000_000));
        note(() => jemalloc.stats().allocated - before >= 50_000_000);
        note(() => buffers.length);
        note(() => processAllocator());
        ${epilogue}`;
      const child = run(process.execPath, [cli, 'run', '--', process.execPath, '-e', source]);
      expect(child.stderr).toBe('');
      expect(JSON.parse(child.stdout)).toEqual(['system', 'jemalloc', true, 50, 'jemalloc']);
    });
  });

  test('on the C library: the same', () => {
    const source = `${load.commonjs}${prelude}note(() => globalAllocator()); note(() => setGlobalAllocator(${other}));${epilogue}`;
    const child = run(process.execPath, [
      cli,
      'run',
      '--allocator',
      'system',
      '--',
      process.execPath,
      '-e',
      source,
    ]);
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toEqual(['system', other]);
  });
});
