import { jemalloc } from 'allomorph';
import { cli } from '../support/child.js';
import { report, reportOf, useProgram } from './support/importing.js';

const withJemalloc = jemalloc.available ? describe : describe.skip;
const { write, node } = useProgram();

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
