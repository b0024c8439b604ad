import { CompiledFixtures } from '../support/compiled.js';
import { onAllocator } from './support/interposed.js';

// Page-guard explains an access and hands it on. The program's own handler is called as the kernel
// would have called it.

const fixtures = new CompiledFixtures();
const program = fixtures.program('test/fixtures/fault-handler.c', [
  ...['-O0', '-fno-builtin', '-Wno-use-after-free', '-Wno-unknown-warning-option'],
]);
afterAll(() => {
  fixtures.remove();
});

test.each([
  ['a handler for one fault is called once', 'once', 'handler\n', 'SIGSEGV'],
  ['one that raises the signal within ends by it', 'raising', 'handler\n', 'SIGSEGV'],
  ['its mask is blocked', 'masked', 'SIGUSR1 blocked, SIGSEGV blocked\n', null],
  ['a signal stack of 8 KiB is enough', 'small-stack', 'SIGUSR1 open, SIGSEGV blocked\n', null],
])('%s', (_name, kind, stdout, signal) => {
  const child = onAllocator('checked:level=page-guard,every=1,leaks=off:system', [program, kind]);
  expect(child).toMatchObject({ status: signal === null ? 0 : null, signal, stdout });
  expect(child.stderr.match(/^==allomorph== use-after-free: access to /gm)).toHaveLength(1);
});
