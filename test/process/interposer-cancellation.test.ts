import { CompiledFixtures } from '../support/compiled.js';
import { onAllocator } from './support/interposed.js';

// A thread can be cancelled wherever POSIX says so, which is not in malloc, free and fork.

const fixtures = new CompiledFixtures();
const classic = fixtures.library('test/fixtures/allocators/classic.c');
const program = fixtures.program('test/fixtures/cancelled.c');
afterAll(() => {
  fixtures.remove();
});

test.each([classic, `logged:file=/dev/null:${classic}`, 'limited:bytes=1g:system'])(
  'a thread is not cancelled inside: %s',
  (spec) => {
    const child = onAllocator(spec, [program]);
    expect(child).toMatchObject({
      status: 0,
      stderr: '',
      stdout: 'passed 2, cancelled, malloc answers at once\n',
    });
  },
);
