import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { jemalloc } from 'allomorph';
import { cli, run } from '../support/child.js';

// Through `run`, a command behaves towards its parent as without us.

const any = jemalloc.available ? 'jemalloc' : 'system';
const flags = [cli, 'run', '--allocator', any, '--'];

function exitOf(args: string[]): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, ...args], { stdio: 'ignore' });
    child.once('exit', (status, signal) => {
      resolve(status ?? signal);
    });
  });
}

test('every exit status from 0 to 255', async () => {
  const statuses = Array.from({ length: 256 }, (_, status) => status);
  const seen: unknown[] = [];
  const next = async (): Promise<void> => {
    const status = statuses.shift();
    if (status === undefined) return;
    seen[status] = await exitOf(['sh', '-c', `exit ${String(status)}`]);
    await next();
  };
  await Promise.all([next(), next(), next()]);
  expect(seen).toEqual(Array.from({ length: 256 }, (_, status) => status));
}, 120_000);

test.each(['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGHUP', 'SIGUSR2'] as const)(
  '%s from the parent ends it',
  async (signal) => {
    const child = spawn(
      process.execPath,
      [...flags, process.execPath, '-e', 'console.log("up"); setInterval(() => {}, 1000)'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill(signal);
    const end = await new Promise((resolve) =>
      child.once('exit', (status, by) => {
        resolve([status, by]);
      }),
    );
    expect(end).toEqual([null, signal]);
  },
);

test('a signal that the command handles reaches its handler', async () => {
  const source = `process.on('SIGTERM', () => { console.log('handled'); process.exit(3); }); console.log('up'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, [...flags, process.execPath, '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output === 'up\n') child.kill('SIGTERM');
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect([status, output]).toEqual([3, 'up\nhandled\n']);
});

test('100 MB through stdin and stdout, exact to the byte', async () => {
  const block = randomBytes(1_000_000);
  const child = spawn(process.execPath, [...flags, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const sent = createHash('sha256');
  const received = createHash('sha256');
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    received.update(chunk);
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  for (let index = 0; index < 100; index++) {
    block.writeUInt32LE(index, 0);
    const chunk = Buffer.from(block);
    sent.update(chunk);
    if (!child.stdin.write(chunk))
      await new Promise((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  expect(await closed).toBe(0);
  expect(length).toBe(100_000_000);
  expect(received.digest('hex')).toBe(sent.digest('hex'));
});

test('a terminal stays a terminal: size, raw mode, Ctrl-C', () => {
  const program = `
    const { stdin, stdout, stderr } = process;
    console.log(JSON.stringify([stdin.isTTY, stdout.isTTY, stderr.isTTY, stdout.columns, stdout.rows]));
    stdin.setRawMode(true);
    stdin.once('data', (key) => {
      console.log('key ' + key[0]);
      stdin.setRawMode(false);
      process.once('SIGINT', () => { console.log('interrupted'); process.exit(4); });
      console.log('ready');
      setInterval(() => {}, 1000);
    });
    console.log('raw');`;
  // Python's pty module: a pseudo-terminal without a further dependency.
  const driver = `
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 111, 0, 0))
out = b''
def until(text):
    global out
    while text not in out:
        out += os.read(fd, 4096)
until(b'raw'); os.write(fd, b'\\x03')
until(b'ready'); os.write(fd, b'\\x03')
try:
    while True:
        chunk = os.read(fd, 4096)
        if not chunk: break
        out += chunk
except OSError:
    pass
_, status = os.waitpid(pid, 0)
print(out.decode().replace('\\r', ''), end='')
print('status', os.waitstatus_to_exitcode(status))`;
  const child = run('python3', [
    '-c',
    driver,
    process.execPath,
    ...flags,
    process.execPath,
    '-e',
    program,
  ]);
  expect(child.stderr).toBe('');
  const lines = child.stdout.split('\n').map((line) => line.replace(/^\^C/, ''));
  expect(lines).toEqual([
    '[true,true,true,111,33]',
    'raw',
    'key 3',
    'ready',
    'interrupted',
    'status 4',
    '',
  ]);
});
