import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { root, run } from '../support/child.js';

// `allomorph/process`: the program starts itself again, once, early.

const withJemalloc = jemalloc.available ? describe : describe.skip;
const cli = path.join(root, 'dist', 'cli', 'main.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph import '));
  mkdirSync(path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  symlinkSync(root, path.join(folder, 'node_modules', 'allomorph'), 'dir');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, source: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, source);
  return file;
}

/** What a program sees of the way it was started. */
const report = `
const { processAllocator } = require('allomorph');
const fs = require('node:fs');
console.log(JSON.stringify({
  name: processAllocator().name,
  argv: process.argv.slice(2), execArgv: process.execArgv, argv0: process.argv0,
  pid: process.pid, ppid: process.ppid, cwd: process.cwd(),
  leaks: Object.keys(process.env).filter((name) => /^(LD_PRELOAD|MALLOC_CONF|ALLOMORPH_GUARD)/.test(name)),
}));`;

interface Report {
  name: string;
  argv: string[];
  execArgv: string[];
  argv0: string;
  pid: number;
  leaks: string[];
}

/** Runs from the folder where 'allomorph' resolves as a dependency does. */
function node(args: string[], env: NodeJS.ProcessEnv = {}, input?: string) {
  return run('bash', ['-c', 'cd "$0" && exec "$@"', folder, process.execPath, ...args], env, input);
}

function reportOf(child: { stdout: string; stderr: string }): Report {
  expect(child.stderr).toBe('');
  const lines = child.stdout.trim().split('\n');
  expect(lines).toHaveLength(1); // the program ran once
  return JSON.parse(lines[0] ?? '') as Report;
}

withJemalloc('ways to ask for it', () => {
  const onJemalloc = { name: 'jemalloc', leaks: [] };

  test.each([
    ['--import', ['--import', 'allomorph/process']],
    ['--require', ['--require', 'allomorph/process']],
    ['-r', ['-r', 'allomorph/process/jemalloc']],
  ])('%s', (_name, flags) => {
    const file = write('report.cjs', report);
    expect(reportOf(node([...flags, file, 'a b', '', 'ü']))).toMatchObject({
      ...onJemalloc,
      argv: ['a b', '', 'ü'],
      execArgv: flags,
    });
  });

  test.each(['--import allomorph/process', '--require allomorph/process'])(
    'NODE_OPTIONS=%s',
    (options) => {
      const file = write('report.cjs', report);
      expect(reportOf(node([file], { NODE_OPTIONS: options }))).toMatchObject(onJemalloc);
    },
  );

  test('as the first import of an ES module', () => {
    const file = write(
      'main.mjs',
      `import 'allomorph/process'; import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);${report}`,
    );
    expect(reportOf(node([file, 'x']))).toMatchObject({ ...onJemalloc, argv: ['x'] });
  });

  test('as the first require', () => {
    const file = write('main.cjs', `require('allomorph/process');${report}`);
    expect(reportOf(node([file]))).toMatchObject(onJemalloc);
  });

  test('with -e, with -p, and with the program on stdin', () => {
    const flags = ['--require', 'allomorph/process'];
    expect(reportOf(node([...flags, '-e', report, 'x']))).toMatchObject({
      ...onJemalloc,
      argv: [],
    });
    expect(reportOf(node([...flags, '-'], {}, report))).toMatchObject(onJemalloc);
  });

  test('arguments behind --, and bytes that are no UTF-8', () => {
    const source = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const flags = ['--import', 'allomorph/process', '-e', source];
    expect(node([...flags, '--', '--foo', '-x'])).toMatchObject({
      stdout: '["--foo","-x"]\n',
      stderr: '',
    });
    const script = write(
      'bytes.cjs',
      "const fs = require('node:fs'); fs.writeFileSync(process.env.OUT, fs.readFileSync('/proc/self/cmdline'))",
    );
    const plain = path.join(folder, 'plain');
    const again = path.join(folder, 'again');
    const start = `cd "$0" && exec "$@" "$(printf 'a\\377b')"`;
    const args = ['-c', start, folder, process.execPath];
    run('bash', [...args, script], { OUT: plain });
    run('bash', [...args, '-r', 'allomorph/process', script], { OUT: again });
    const tail = (file: string) => readFileSync(file).subarray(-6).toString('hex');
    expect(tail(again)).toBe(tail(plain));
    expect(tail(plain)).toContain('61ff62');
  });

  test('a pipe on stdin is left blocking, as it was', () => {
    const file = write(
      'blocking.cjs',
      `const flags = /flags:\\s*(\\d+)/.exec(require('node:fs').readFileSync('/proc/self/fdinfo/0', 'utf8'))[1];
       console.log((parseInt(flags, 8) & require('node:fs').constants.O_NONBLOCK) === 0);`,
    );
    // A real pipe: what Node gives its children is a socket.
    const start = 'cd "$0" && sleep 0.5 | "$@"';
    const args = ['-c', start, folder, process.execPath, '--import', 'allomorph/process', file];
    expect(run('bash', args)).toMatchObject({ status: 0, stdout: 'true\n', stderr: '' });
  });

  test('--import with the program on stdin is refused: Node has read it already', () => {
    const child = node(['--import', 'allomorph/process'], {}, 'console.log("ran")');
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(/read the program on stdin.*Use --require/);
  });

  test('with a process title, which overwrites the command line', () => {
    const file = write('report.cjs', report);
    const flags = ['--title=my-service', '--require', 'allomorph/process'];
    expect(reportOf(node([...flags, file, 'x']))).toMatchObject({
      ...onJemalloc,
      argv: ['x'],
      execArgv: flags,
    });
  });

  test('with the inspector: the port is free for the second start', () => {
    const file = write('report.cjs', report);
    const child = node(['--inspect=0', '--require', 'allomorph/process', file]);
    expect(child.stderr).not.toContain('address already in use');
    expect(JSON.parse(child.stdout)).toMatchObject(onJemalloc);
  });
});

withJemalloc('what stays', () => {
  test('pid, argv0, directory, standard streams', () => {
    const file = write('report.cjs', `${report} process.stdin.pipe(process.stderr);`);
    const child = run(
      'bash',
      [
        '-c',
        'cd "$0" && echo $$ >&2 && exec -a my-node "$@"',
        folder,
        process.execPath,
        '-r',
        'allomorph/process',
        file,
      ],
      {},
      'over stdin',
    );
    const [pid = '', rest] = child.stderr.split('\n');
    expect(rest).toBe('over stdin');
    expect(JSON.parse(child.stdout)).toMatchObject({
      pid: Number(pid),
      argv0: 'my-node',
      cwd: folder,
      name: 'jemalloc',
    });
  });

  test('the environment it was started with, whatever was done to it since', () => {
    // pm2 in cluster mode takes pm2_env out before it loads the program, and needs it again.
    const file = write(
      'environment.cjs',
      `const seen = [process.env.KEPT, process.env.ADDED];
       delete process.env.KEPT; process.env.ADDED = '1';
       require('allomorph/process');
       console.log(JSON.stringify(seen), require('allomorph').processAllocator().name);`,
    );
    expect(node([file], { KEPT: 'yes' })).toMatchObject({
      stdout: '["yes",null] jemalloc\n',
      stderr: '',
    });
  });

  test('the channel of a forked child, and a message sent at once', () => {
    const child = write(
      'child.cjs',
      `process.once('message', (message) => { process.send([message, require('allomorph').processAllocator().name]); process.disconnect(); });`,
    );
    const parent = write(
      'parent.cjs',
      `const { fork } = require('node:child_process');
       const child = fork(${JSON.stringify(child)}, { execArgv: ['--require', 'allomorph/process'] });
       child.send('hello');
       child.once('message', (message) => console.log(JSON.stringify(message)));`,
    );
    const ended = node([parent]);
    expect(ended.stderr).toBe('');
    expect(JSON.parse(ended.stdout)).toEqual(['hello', 'jemalloc']);
  });

  test('cluster: primary and workers are on it, and workers serve', () => {
    const file = write(
      'cluster.cjs',
      `const cluster = require('node:cluster'), net = require('node:net');
       const name = require('allomorph').processAllocator().name;
       if (cluster.isPrimary) {
         const names = [name];
         let left = 2;
         for (let index = 0; index < 2; index++) {
           cluster.fork().on('message', (other) => {
             names.push(other);
             if (--left === 0) { console.log(JSON.stringify(names)); for (const worker of Object.values(cluster.workers)) worker.kill(); }
           });
         }
       } else {
         net.createServer().listen(0, '127.0.0.1', () => process.send(name));
       }`,
    );
    for (const flag of ['--require', '--import']) {
      const child = node([flag, 'allomorph/process', file]);
      expect(child.stderr).toBe('');
      expect(JSON.parse(child.stdout)).toEqual(['jemalloc', 'jemalloc', 'jemalloc']);
    }
  });
});

withJemalloc('when nothing is to be done', () => {
  test('in a worker thread', () => {
    const child = node([
      '-e',
      `const { Worker } = require('node:worker_threads');
       new Worker("require('allomorph/process'); console.log(require('allomorph').processAllocator().name)", { eval: true });`,
    ]);
    expect(child).toMatchObject({ status: 0, stdout: 'glibc\n', stderr: '' });
  });

  test('in a process that allomorph run has started', () => {
    const file = write('report.cjs', report);
    const child = node([cli, 'run', '--', process.execPath, '-r', 'allomorph/process', file]);
    expect(reportOf(child)).toMatchObject({ name: 'jemalloc', leaks: [] });
  });

  test('in a process that already runs on the wanted allocator', () => {
    const file = write('report.cjs', report);
    expect(reportOf(node(['-r', 'allomorph/process/system', file]))).toMatchObject({
      name: 'glibc',
      leaks: [],
    });
    const library = path.join(
      root,
      'prebuilds',
      `linux-${process.arch}-glibc`,
      'liballomorph-jemalloc.so',
    );
    const child = node(['-r', 'allomorph/process', file], { LD_PRELOAD: library });
    expect(reportOf(child)).toMatchObject({ name: 'jemalloc', leaks: ['LD_PRELOAD'] });
  });
});

withJemalloc('who decides', () => {
  test('the operator’s variables win over the program, with one warning', () => {
    const file = write('report.cjs', report);
    const child = node(['-r', 'allomorph/process/jemalloc', file], {
      ALLOMORPH_PROCESS_ALLOCATOR: 'system',
    });
    expect(JSON.parse(child.stdout)).toMatchObject({ name: 'glibc' });
    expect(child.stderr).toMatch(
      /AllomorphWarning: .*operator's choice wins: ALLOMORPH_PROCESS_ALLOCATOR=system/,
    );
    expect(child.stderr.match(/AllomorphWarning/g)).toHaveLength(1);
  });

  test('so does allomorph run', () => {
    const file = write('report.cjs', report);
    const flags = ['run', '--allocator', 'system', '--', process.execPath];
    const child = node([cli, ...flags, '-r', 'allomorph/process/jemalloc', file]);
    expect(JSON.parse(child.stdout)).toMatchObject({ name: 'glibc' });
    expect(child.stderr).toMatch(/AllomorphWarning: .*the process was started on libc/);
    const agreed = node([
      cli,
      'run',
      '--',
      process.execPath,
      '-r',
      'allomorph/process/jemalloc',
      file,
    ]);
    expect(reportOf(agreed)).toMatchObject({ name: 'jemalloc' });
  });

  test('ALLOMORPH_PRESET', () => {
    const print = `console.log(require('allomorph').processAllocator().options.dirty_decay_ms)`;
    const decay = (preset: string) =>
      Number(node(['-r', 'allomorph/process', '-e', print], { ALLOMORPH_PRESET: preset }).stdout);
    expect(decay('memory')).toBeLessThan(decay('balanced'));
    expect(decay('throughput')).toBeGreaterThan(decay('balanced'));
  });

  test.each([
    [
      { ALLOMORPH_PROCESS_ALLOCATOR: 'jemaloc' },
      /ALLOMORPH_PROCESS_ALLOCATOR is "jemaloc"\. Valid: jemalloc, system/,
    ],
    [
      { ALLOMORPH_PRESET: 'fast' },
      /ALLOMORPH_PRESET is "fast"\. Valid: balanced, memory, throughput/,
    ],
    [{ ALLOMORPH_PROCESS_ALLOCATOR: './lib.so' }, /lib\.so does not exist/],
    [{ ALLOMORPH_PROCESS_ALLOCATOR: '/no/such.so' }, /\/no\/such\.so does not exist/],
  ])('an unusable variable ends the program: %p', (env, message) => {
    const child = node(['-r', 'allomorph/process', '-e', 'console.log("ran")'], env);
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(message);
  });

  test('a library that is no malloc is found out inside the new process', () => {
    const child = node(['-r', 'allomorph/process', '-e', 'console.log("ran")'], {
      ALLOMORPH_PROCESS_ALLOCATOR: '/lib/x86_64-linux-gnu/libm.so.6',
    });
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toContain('it exports no malloc');
  });

  test('never loops: a start on which LD_PRELOAD had no effect ends with a sentence', () => {
    // What such a start looks like from inside: the plan is still in the environment.
    const child = node(['-r', 'allomorph/process', '-e', 'console.log("ran")'], {
      ALLOMORPH_GUARD: 'v',
    });
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toContain('LD_PRELOAD was ignored');
  });
});
