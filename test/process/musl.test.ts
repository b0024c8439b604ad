import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cli, root, run } from '../support/child.js';

// The guard on musl, with programs of Debian's musl-tools: there is no Node for musl to be had from
// a package registry. Skipped where musl-gcc is not installed (scripts/install-test-packages.mjs).

const hasMusl = run('musl-gcc', ['--version']).status === 0;

(hasMusl ? describe : describe.skip)('the guard, compiled for musl', () => {
  let folder: string;
  let guard: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-musl-'));
    guard = path.join(folder, 'guard.so');
    program = path.join(folder, 'program');
    const { preload_guard: sources } = JSON.parse(
      readFileSync(path.join(root, 'native', 'sources.json'), 'utf8'),
    ) as { preload_guard: string[] };
    const flags = [
      '-std=gnu11',
      '-O2',
      '-fPIC',
      '-shared',
      '-fvisibility=hidden',
      '-Wall',
      '-Wextra',
      '-Werror',
    ];
    const built = run('musl-gcc', [...flags, '-Inative', '-o', guard, ...sources]);
    expect([built.status, built.stderr]).toEqual([0, '']);
    const source = path.join(folder, 'program.c');
    writeFileSync(
      source,
      '#include <stdio.h>\nextern char **environ;\nint main(void) { for (char **e = environ; *e; e++) puts(*e); return 0; }',
    );
    expect(run('musl-gcc', ['-o', program, source]).status).toBe(0);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const start = (library: string) => {
    const records = [
      `library=${library}`,
      `preload=${guard}`,
      `guard=${guard}`,
      'node=/x',
      'inherit=node',
    ];
    const plan = `v${records.map((record) => `${record}\x1e`).join('')}`;
    return run('env', [
      '-i',
      'FIRST=1',
      'SECOND=2',
      `ALLOMORPH_GUARD=${plan}`,
      `LD_PRELOAD=${guard}`,
      program,
    ]);
  };

  test('finds the malloc of the C library, and gives the environment back', () => {
    expect(start('libc')).toEqual({
      status: 0,
      signal: null,
      stdout: 'FIRST=1\nSECOND=2\n',
      stderr: '',
    });
  });

  test('ends a process that is on another malloc than asked for', () => {
    const child = start('/no/such.so');
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(/its malloc comes from \/lib\/ld-musl-/);
  });

  test('a program for musl is refused by the launcher of a Node for glibc, and the other way round', () => {
    const child = run(process.execPath, [cli, 'run', '--allocator', 'system', '--', program]);
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(/linked with another C library/);
  });
});
