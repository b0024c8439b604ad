import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { cli, root, run } from '../support/child.js';

// A native program on the allocator, which is no Node itself, starts a Node through each function
// that the guard sees.

const withJemalloc = jemalloc.available ? describe : describe.skip;

withJemalloc('a Node started through', () => {
  let folder: string;
  let program: string;
  let script: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-exec-'));
    program = path.join(folder, 'exec-family');
    script = path.join(folder, 'report.js');
    writeFileSync(
      script,
      `console.log(require(${JSON.stringify(root)}).processAllocator().name, 'LD_PRELOAD' in process.env, process.env.ONLY)`,
    );
    const { status, stderr } = run('cc', [
      '-o',
      program,
      path.join(root, 'test/fixtures/exec-family.c'),
    ]);
    expect([status, stderr]).toEqual([0, '']);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const start = (how: string, env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, [cli, 'run', '--', program, how, process.execPath, script], env);

  test.each([
    'execve',
    'execv',
    'execvp',
    'execl',
    'execlp',
    'fexecve',
    'vfork',
    'posix_spawn',
    'posix_spawnp',
  ])('%s', (how) => {
    expect(start(how)).toEqual({
      status: 0,
      signal: null,
      stdout: 'jemalloc false undefined\n',
      stderr: '',
    });
  });

  test.each(['execle', 'execvpe', 'posix_spawn with an environment'])(
    '%s: an environment of its own',
    (how) => {
      expect(start(how)).toEqual({
        status: 0,
        signal: null,
        stdout: 'jemalloc false this\n',
        stderr: '',
      });
    },
  );

  test('execve without environment', () => {
    expect(start('execve without environment')).toMatchObject({
      status: 0,
      stdout: 'jemalloc false undefined\n',
    });
  });

  test('a program that does not exist fails as it would without us', () => {
    const child = start('execvp of nothing');
    expect(child).toMatchObject({ status: 4, stderr: 'execvp: No such file or directory\n' });
  });

  test('a descriptor that is none fails as it would without us', () => {
    const without = run(program, ['fexecve of nothing', program, script]);
    expect(without).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('fexecve: Bad file descriptor\n'),
    });
    expect(start('fexecve of nothing')).toEqual(without);
  });

  test('a FIFO is not waited for', () => {
    const fifo = path.join(folder, 'fifo');
    expect(run('mkfifo', ['-m', '755', fifo]).status).toBe(0);
    const child = run('timeout', [
      '10',
      process.execPath,
      cli,
      'run',
      '--',
      program,
      'execve',
      fifo,
      script,
    ]);
    expect(child.status).toBe(4);
  });

  test('a thread with a small stack and a large environment', () => {
    const env = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`VARIABLE_${String(index)}`, 'x']),
    );
    expect(start('posix_spawn on a small stack', env)).toMatchObject({
      status: 0,
      stdout: 'jemalloc false undefined\n',
    });
  });

  test('vfork children leave no memory behind in their parent', () => {
    const env = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`VARIABLE_${String(index)}`, 'x']),
    );
    // A shell may go on to Node, and is handed an environment for that.
    const args = [cli, 'run', '--', program, 'vfork 101 times', '/bin/sh', '/dev/null'];
    expect(run(process.execPath, args, env)).toMatchObject({ status: 0, stdout: '0 kB\n' });
  });

  test('variables that constructors of its libraries set stay', () => {
    const library = path.join(folder, 'libctor.so');
    const source = path.join(folder, 'ctor.c');
    writeFileSync(
      source,
      '#include <stdlib.h>\n__attribute__((constructor)) static void set(void) { setenv("FROM_CTOR", "1", 1); }',
    );
    expect(run('cc', ['-shared', '-fPIC', '-o', library, source]).status).toBe(0);
    const user = path.join(folder, 'user.c');
    writeFileSync(
      user,
      '#include <stdio.h>\n#include <stdlib.h>\nint main(void) { puts(getenv("FROM_CTOR")); return 0; }',
    );
    const linked = path.join(folder, 'linked');
    expect(
      run('cc', ['-Wl,--no-as-needed', '-o', linked, user, library, `-Wl,-rpath,${folder}`]).status,
    ).toBe(0);
    expect(run(process.execPath, [cli, 'run', '--', linked])).toMatchObject({
      status: 0,
      stdout: '1\n',
      stderr: '',
    });
  });

  test('a Node under another name starts others by that name', () => {
    const renamed = path.join(folder, 'my-runtime');
    expect(run('cp', [process.execPath, renamed]).status).toBe(0);
    const source = `require('node:child_process').fork(${JSON.stringify(script)})`;
    const child = run(process.execPath, [cli, 'run', '--', renamed, '-e', source]);
    expect(child).toMatchObject({ stdout: 'jemalloc false undefined\n', stderr: '' });
  });

  test('very large environments', () => {
    const env = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`VARIABLE_${String(index)}`, 'x'.repeat(40)]),
    );
    expect(start('execve', env)).toMatchObject({
      status: 0,
      stdout: 'jemalloc false undefined\n',
      stderr: '',
    });
  });
});
