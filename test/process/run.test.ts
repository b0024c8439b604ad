import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { jemalloc, type ProcessAllocator } from 'allomorph';
import { binariesFolder } from '../support/binaries.js';
import { cli, root, run } from '../support/child.js';

const allomorph = (args: string[], env: NodeJS.ProcessEnv = {}, input?: string) =>
  run(process.execPath, [cli, ...args], env, input);
const jemallocLibrary = path.join(binariesFolder, 'liballomorph-jemalloc.so');
const printAllocator = `console.log(JSON.stringify(require('allomorph').processAllocator()))`;

const withJemalloc = jemalloc.available ? describe : describe.skip;
const any = jemalloc.available ? 'jemalloc' : 'system';

withJemalloc('run on jemalloc', () => {
  test('is the default, on the balanced preset, and says so itself', () => {
    const child = allomorph(['run', '--', process.execPath, '-e', printAllocator]);
    expect(child.stderr).toBe('');
    const allocator = JSON.parse(child.stdout) as ProcessAllocator;
    expect(allocator).toMatchObject({
      name: 'jemalloc',
      version: '5.3.0',
      library: jemallocLibrary,
      source: 'preload',
      options: { background_thread: true, dirty_decay_ms: 5000, muzzy_decay_ms: 0 },
    });
    expect(allocator.evidence).toContain(jemallocLibrary);
  });

  test('the user’s own MALLOC_CONF wins over the preset', () => {
    const child = allomorph(['run', '--', process.execPath, '-e', printAllocator], {
      MALLOC_CONF: 'dirty_decay_ms:777',
    });
    expect((JSON.parse(child.stdout) as ProcessAllocator).options).toMatchObject({
      dirty_decay_ms: 777,
      background_thread: true,
    });
  });

  test('options of a preset and of --conf are told as jemalloc has them', () => {
    const conf = 'tcache_max:4096,oversize_threshold:0,metadata_thp:auto,retain:false,dss:primary';
    const child = allomorph(
      ['run', '--preset', 'memory', '--conf', conf, '--', process.execPath, '-e', printAllocator],
      {},
    );
    expect((JSON.parse(child.stdout) as ProcessAllocator).options).toMatchObject({
      background_thread: true,
      dirty_decay_ms: 1000,
      muzzy_decay_ms: 0,
      narenas: 2,
      tcache_max: 4096,
      oversize_threshold: 0,
      metadata_thp: 'auto',
      retain: false,
      dss: 'primary',
    });
  });

  test('gives a big burst of native memory back while idle', () => {
    const child = run(
      process.execPath,
      [cli, 'run', '--', process.execPath, 'examples/zlib-burst.mjs'],
      {
        BURST: '2000',
        IDLE: '8',
      },
    );
    expect(child.stdout).toContain('allocator   jemalloc 5.3.0, verified');
    const percent = Number(/idle is ([\d.]+)% of peak/.exec(child.stdout)?.[1]);
    expect(percent).toBeLessThan(40);
  });

  test('a program that does not end up on it is ended before its main runs', () => {
    // Another jemalloc earlier in the order: same code, other file.
    const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-other-'));
    try {
      const other = path.join(folder, 'libother.so');
      writeFileSync(other, readFileSync(jemallocLibrary));
      const child = allomorph(['run', '--', process.execPath, '-e', 'console.log("ran")'], {
        LD_PRELOAD: other,
      });
      expect(child.status).toBe(125);
      expect(child.stdout).toBe('');
      expect(child.stderr).toContain(`its malloc comes from ${other}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('run', () => {
  test('on the C library', () => {
    const child = allomorph([
      'run',
      '--allocator',
      'system',
      '--',
      process.execPath,
      '-e',
      printAllocator,
    ]);
    expect(child.stderr).toBe('');
    expect(JSON.parse(child.stdout)).toMatchObject({ source: 'default', options: null });
  });

  test.each([0, 1, 3, 125, 255])('exit status %i is the command’s own', (status) => {
    expect(
      allomorph(['run', '--allocator', any, '--', 'sh', '-c', `exit ${String(status)}`]).status,
    ).toBe(status);
  });

  test.each(['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGPIPE'] as const)(
    'death by %s is seen by the parent',
    (signal) => {
      const child = allomorph([
        'run',
        '--allocator',
        any,
        '--',
        'sh',
        '-c',
        `kill -${signal.slice(3)} $$`,
      ]);
      expect(child).toMatchObject({ status: null, signal });
    },
  );

  test('it is the same process, with its arguments, input and output', async () => {
    const child = spawn(process.execPath, [
      cli,
      ...['run', '--allocator', any, '--', process.execPath],
      ...[
        '-e',
        'console.log(process.pid, process.argv.length); process.stdin.pipe(process.stdout)',
        'a b',
        '',
      ],
    ]);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stdin.end('over stdin');
    await new Promise((resolve) => child.once('close', resolve));
    expect(Buffer.concat(output).toString()).toBe(`${String(child.pid)} 3\nover stdin`);
  });

  test('descriptors beyond the standard three reach the command; Node’s own do not', () => {
    const child = run('bash', [
      '-c',
      'exec 7<<<seven; exec "$@"',
      'bash',
      process.execPath,
      cli,
      ...['run', '--allocator', any, '--', 'bash', '-c', 'cat <&7; ls -l /proc/self/fd'],
    ]);
    expect(child.stdout).toMatch(/^seven\n/);
    expect(child.stdout).not.toMatch(/anon_inode|\.node/);
  });

  test('libraries that are preloaded already stay, in order, before ours', () => {
    const libraries = '/lib/x86_64-linux-gnu/libm.so.6:/lib/x86_64-linux-gnu/libdl.so.2';
    const script = `echo "$LD_PRELOAD"; tr '\\0' '\\n' < /proc/$$/environ | grep ^LD_PRELOAD=`;
    const child = allomorph(['run', '--allocator', any, '--', 'sh', '-c', script], {
      LD_PRELOAD: libraries,
    });
    const [seen, started] = child.stdout.trim().split('\n');
    expect(seen).toBe(libraries);
    expect(started?.startsWith(`LD_PRELOAD=${libraries}:`)).toBe(true);
  });

  test('what proves the allocator is not left to the children', () => {
    const child = allomorph(['run', '--allocator', any, '--', 'env']);
    expect(child.stdout).not.toMatch(/ALLOMORPH_|LD_PRELOAD|MALLOC_CONF/);
  });

  test('a script with a shebang, found through PATH', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-path-'));
    try {
      const script = path.join(folder, 'my-script');
      writeFileSync(script, '#!/usr/bin/env node\nconsole.log("script", process.argv[2])');
      chmodSync(script, 0o755);
      const child = allomorph(['run', '--allocator', any, '--', 'my-script', 'x'], {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      });
      expect(child).toMatchObject({ status: 0, stdout: 'script x\n', stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the command begins at the first word that is no option; all behind it is its own', () => {
    for (const separator of [[], ['--']]) {
      const args = [
        'run',
        '--allocator',
        any,
        ...separator,
        'printf',
        '%s|',
        'a',
        '--preset',
        'memory',
        '--',
        '-h',
      ];
      expect(allomorph(args)).toMatchObject({
        status: 0,
        stdout: 'a|--preset|memory|--|-h|',
        stderr: '',
      });
    }
  });

  test('a stale plan of ours in the environment takes nothing along', () => {
    const child = allomorph(
      ['run', '--allocator', any, '--', 'sh', '-c', 'echo "$FOO $BAR $ALLOMORPH_GUARD"'],
      {
        ALLOMORPH_GUARD: 'x',
        FOO: 'foo',
        BAR: 'bar',
      },
    );
    expect(child.stdout).toBe('foo bar \n');
  });

  test("make's jobserver reaches the make that is run", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-make-'));
    try {
      const command = `${process.execPath} ${cli} run --allocator ${any} -- $(MAKE) -f sub.mk`;
      writeFileSync(path.join(folder, 'Makefile'), `all:\n\t+@${command}\n`);
      writeFileSync(path.join(folder, 'sub.mk'), 'all:\n\t@echo made\n');
      const child = run('make', ['-j2', '--no-print-directory', '-C', folder]);
      expect(child).toMatchObject({ status: 0, stdout: 'made\n', stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a warning leaves stderr as it was: blocking', () => {
    const script = 'import os,sys; sys.exit(os.get_blocking(2) != True)';
    const child = run(
      'bash',
      [
        '-c',
        '"$@" 2>&1 | cat; exit ${PIPESTATUS[0]}',
        'bash',
        process.execPath,
        cli,
        ...['run', '--allocator', 'system', '--no-verify', '--', 'python3', '-c', script],
      ],
      { LD_PRELOAD: jemalloc.available ? jemallocLibrary : '/no/libjemalloc.so' },
    );
    expect(child.stdout).toContain('allomorph: warning: LD_PRELOAD already holds');
    expect(child.status).toBe(0);
  });

  const refusals: [string, string[], number, RegExp][] = [
    ['no command', ['run'], 125, /no command to run/],
    ['no command after --', ['run', '--'], 125, /no command to run/],
    [
      'no value and no command',
      ['run', '--preset'],
      125,
      /--preset needs a value, and none is given/,
    ],
    [
      'an unknown allocator',
      ['run', '--allocator', 'jemaloc', '--', 'true'],
      125,
      /--allocator is "jemaloc"\. Valid: jemalloc, system/,
    ],
    ['an unknown option', ['run', '--alocator', 'x', '--', 'true'], 125, /--alocator/],
    [
      'a command that does not exist',
      ['run', '--allocator', any, '--', 'no-such-command'],
      127,
      /not in any folder of PATH/,
    ],
    [
      'a path that does not exist',
      ['run', '--allocator', any, '--', './no/such'],
      127,
      /does not exist/,
    ],
    [
      'a file that is not executable',
      ['run', '--allocator', any, '--', './package.json'],
      126,
      /not executable/,
    ],
    ['a folder', ['run', '--allocator', any, '--', './lib'], 126, /\.\/lib is a folder\./],
    ['a name that a folder has here', ['run', '--allocator', any, '--', 'lib'], 127, /PATH/],
    [
      'a value that is missing',
      ['run', '--preset', '--', 'true'],
      125,
      /--preset needs a value, and "--" follows it/,
    ],
    ['a name that objects have', ['constructor'], 125, /no command "constructor"/],
    ['an unknown command of ours', ['rnu'], 125, /no command "rnu"/],
  ];
  test.each(refusals)('refuses %s', (_what, args, status, message) => {
    const child = allomorph(args);
    expect(child.status).toBe(status);
    expect(child.stdout).toBe('');
    expect(child.stderr).toMatch(message);
    expect(child.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('an executable of another kind', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-exec-'));
    try {
      const file = path.join(folder, 'broken');
      writeFileSync(file, '\x7fELF not really');
      chmodSync(file, 0o755);
      expect(allomorph(['run', '--allocator', any, '--', file]).status).toBe(126);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('--help and --version', () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(allomorph(['--version']).stdout).toBe(`${version}\n`);
  for (const args of [[], ['--help'], ['help'], ['run', '--help'], ['doctor', '-h']]) {
    expect(allomorph(args)).toMatchObject({ status: 0, stderr: '' });
    expect(allomorph(args).stdout).toContain('allomorph run'.split(' ')[1]);
  }
});
