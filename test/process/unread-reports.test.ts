import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { cleanEnvironment, cli, root, run } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';

// What reads the reports leaves, or is slow. `program 2>&1 | head`: nobody reads the pipe that reports go to. A program that has written
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

test('lines of logged, to a FIFO whose reader has left', () => {
  const fifo = path.join(fixtures.folder, 'log.fifo');
  expect(run('mkfifo', [fifo]).status).toBe(0);
  // Descriptor 9 is the only reader, and the command closes it.
  const command = 'exec 9<&-; for i in 1 2 3 4 5; do y="$y$(printf %05000d 1)"; done; echo went on';
  const child = run('bash', [
    ...['-c', 'exec 9<>"$0" && exec "$@"', fifo, process.execPath, cli, 'run'],
    ...['--allocator', `logged:file=${fifo}:system`, '--', 'sh', '-c', command],
  ]);
  expect(child).toEqual({ status: 0, signal: null, stdout: 'went on\n', stderr: '' });
});

test('a report that fills a pipe which is not waited for (O_NONBLOCK): all of it comes', () => {
  // More than the 64 KiB of a pipe, and a reader that begins when these have been written.
  const reading = '"$@" 2>&1 >/dev/null | { read -r line && sleep 1 && cat; }';
  const { stdout } = run('bash', [
    ...['-c', reading, 'bash', process.execPath, cli, 'run', '--allocator'],
    ...['checked:leaks=all:system', '--', faulty, 'many-leaks'],
  ]);
  const sizes = stdout.match(/(?<=1 of size )10\d{3}(?=, )/g);
  expect(sizes?.map(Number).sort()).toEqual(
    Array.from({ length: 900 }, (_, index) => 10_000 + index),
  );
});
