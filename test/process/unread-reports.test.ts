import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment, cli, root } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';

// `program 2>&1 | head`: nobody reads the pipe that reports go to. A program that has written
// nothing to it itself ends as it would without us.

const fixtures = new CompiledFixtures();
const faulty = fixtures.program('test/fixtures/faulty.c', [
  ...['-O0', '-fno-builtin', '-rdynamic', '-pthread', '-Wno-use-after-free'],
]);
afterAll(() => {
  fixtures.remove();
});

async function withUnreadStderr(spec: string, ...command: string[]) {
  const child = spawn(process.execPath, [cli, 'run', '--allocator', spec, '--', ...command], {
    cwd: root,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.destroy();
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { status, signal, stdout };
}

test.each([
  ['a fault, told at once', 'checked:leaks=off:system', 'double-free'],
  ['leaks, told at the end', 'checked:system', 'leak'],
  ['counts, told at the end', 'counted:system', 'leak'],
])('%s', async (_name, spec, kind) => {
  expect(await withUnreadStderr(spec, faulty, kind)).toEqual({
    status: 0,
    signal: null,
    stdout: 'went on\n',
  });
});
