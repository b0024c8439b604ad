import { CompiledFixtures } from '../support/compiled.js';
import { onAllocator } from './support/interposed.js';

// A signal handler that calls exit may have interrupted malloc or free, which hold locks.

const fixtures = new CompiledFixtures();
const program = fixtures.program('test/fixtures/exit-in-handler.c', ['-O0', '-fno-builtin']);
afterAll(() => {
  fixtures.remove();
});

test.each(['checked:leaks=off:system', 'checked:leaks=off,exit-status=33:system'])(
  'the process ends: %s',
  (spec) => {
    const child = onAllocator(spec, [program]);
    expect(child).toEqual({ status: 0, signal: null, stdout: '12 of 12 ended\n', stderr: '' });
  },
);
