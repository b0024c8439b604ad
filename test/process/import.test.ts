import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc } from 'allomorph';
import { cli, root, run } from '../support/child.js';
import { report, reportOf, useProgram } from './support/importing.js';

// `allomorph/process`: the program starts itself again, once, early.

const withJemalloc = jemalloc.available ? describe : describe.skip;
const { folder, write, node } = useProgram();

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
