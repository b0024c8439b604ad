import path from 'node:path';
import { run } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';
import { allomorph, interposer, onAllocator } from './support/interposed.js';

const fixtures = new CompiledFixtures();
const classic = fixtures.library('test/fixtures/allocators/classic.c');
afterAll(() => {
  fixtures.remove();
});

test('blocks that are not aligned end the process with a sentence, before one of them is freed', () => {
  const shifted = fixtures.library('test/fixtures/allocators/shifted.c', ['-w']);
  const child = onAllocator(shifted, ['/bin/echo', 'ran']);
  expect(child).toMatchObject({ status: null, signal: 'SIGABRT', stdout: '' });
  expect(child.stderr).toMatch(
    /^allomorph: the allocator \S+ returned the block 0x\w+1 of 32 bytes, which is not aligned to 16 /,
  );
});

describe('what is wrong with the specification is said before main', () => {
  const preloaded = (spec: string | undefined) =>
    run('/bin/echo', ['ran'], {
      LD_PRELOAD: interposer,
      ...(spec === undefined ? {} : { ALLOMORPH_MALLOC: spec }),
    });

  test.each([
    [undefined, /ALLOMORPH_MALLOC does not say which allocator/],
    ['', /ALLOMORPH_MALLOC does not say which allocator/],
    ['garbage', /"garbage", which is neither system nor the absolute path/],
    ['./lib.so', /neither system nor the absolute path/],
    ['/no/such.so', /\/no\/such\.so cannot be loaded: .*No such file/],
    [__filename, /cannot be loaded: .*invalid ELF header/],
    [':system', /there is no building block ""/],
    ['nosuch:system', /there is no building block "nosuch"/],
    ['limited:system', /the option bytes of limited is missing/],
    ['limited:bytes=:system', /is no option with a value/],
    ['limited:bytes=1x:system', /bytes=1x of limited is no size/],
    ['limited:bytes=20000000000g:system', /is no size/],
    ['limited:bytes=0:system', /bytes=0 of limited is nothing/],
    ['bump:chunk=1:system', /chunk=1 of bump is not from 128 to 1024g/],
    ['bump:chunk=1025g:system', /chunk=1025g of bump is not from 128/],
    ['limited:bytes=1m,bytes=2m:system', /the option bytes is given twice/],
    ['limited:bytes=1m', /what follows the options of limited is missing/],
    ['counted:speed=1:system', /counted has no option "speed"/],
    ['counted:report=here:system', /is no absolute path/],
    ['counted:report=/no/such/file:system', /cannot be written to: No such file/],
    ['checked:exit-status=0:system', /exit-status=0 of checked is no whole number from 1 to 255/],
    ['checked:exit-status=256:system', /is no whole number from 1 to 255/],
    ['checked:exit-status=-1:system', /exit-status=-1 of checked is no whole number/],
    ['failing:system', /the option after of failing is missing/],
    ['failing:seed=1:system', /the option after of failing is missing/],
    ['failing:after=1,seed=1:system', /seed=1 of failing has no meaning/],
    ['failing:probability=1.5:system', /is no number from 0 to 1/],
    ['failing:probability=nan:system', /is no number from 0 to 1/],
    ['failing:after=-1:system', /is no whole number/],
    ['counted:'.repeat(17) + 'system', /more than 16 blocks/],
    ['x'.repeat(8192), /longer than 8191/],
  ])('%s', (spec, message) => {
    const child = preloaded(spec);
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toMatch(message);
    expect(child.stderr).toMatch(/^allomorph: [^\n]*\n$/);
  });

  test.each(['counted:report', 'logged:file', 'checked:report'])(
    'a FIFO that nobody reads: %s',
    (option) => {
      const fifo = path.join(fixtures.folder, `${option.replace(':', '-')}.fifo`);
      expect(run('mkfifo', [fifo]).status).toBe(0);
      const child = preloaded(`${option}=${fifo}:system`);
      expect(child).toMatchObject({ status: 125, stdout: '' });
      expect(child.stderr).toMatch(/cannot be written to: it is a FIFO that nobody reads/);
    },
  );

  test('a full disk: what it does not take is said', () => {
    const counted = onAllocator('counted:report=/dev/full:system', ['node', '-e', '0']);
    expect(counted).toMatchObject({ status: 0, stdout: '' });
    expect(counted.stderr).toMatch(
      /^allomorph: \/dev\/full could not be written to; its line follows\.\nallomorph: counted: pid \d+: calls: [^\n]+\n$/,
    );
    const logged = onAllocator('logged:file=/dev/full:system', ['node', '-e', '0']);
    expect(logged).toMatchObject({ status: 0, stdout: '' });
    expect(logged.stderr).toMatch(
      /^allomorph: logged: pid \d+: lines that could not be written to \/dev\/full: \d+\n$/,
    );
  });

  test('a FIFO that somebody reads gets the report, and no end before it', () => {
    const fifo = path.join(fixtures.folder, 'read.fifo');
    // Descriptor 9 waits for cat, and is closed when the interposer has opened the FIFO itself.
    const script = `mkfifo "$1"; cat "$1" & exec 9> "$1"
      export ALLOMORPH_MALLOC="counted:report=$1:system"
      LD_PRELOAD="$2" "$3" -e 'fs.closeSync(9); setTimeout(() => {}, 100)' & exec 9>&-; wait`;
    const child = run('sh', ['-c', script, 'sh', fifo, interposer, process.execPath]);
    expect(child).toMatchObject({ status: 0, stderr: '' });
    expect(child.stdout).toMatch(/^allomorph: counted: pid \d+: .*\n$/);
  });

  test('a library that lacks a symbol, one that is no allocator, one that misses a dependency', () => {
    const lacking = fixtures.library('test/fixtures/allocators/lacking.c');
    expect(preloaded(lacking)).toMatchObject({ status: 125, stdout: '' });
    expect(preloaded(lacking).stderr).toContain(
      'lacks __rust_reallocate_inplace __rust_usable_size;',
    );
    const none = fixtures.library('test/fixtures/exec-family.c');
    expect(preloaded(none).stderr).toContain('is no allocator: it exports neither');
    const unresolved = fixtures.library('test/fixtures/allocators/unresolved.c');
    expect(preloaded(unresolved).stderr).toMatch(/undefined symbol: nowhere_to_be_found/);
    expect(preloaded(unresolved).status).toBe(125);
  });

  test('the launcher says it first', () => {
    const lacking = fixtures.library('test/fixtures/allocators/lacking.c');
    const none = fixtures.library('test/fixtures/exec-family.c');
    for (const [spec, message] of [
      [lacking, /but not __rust_reallocate_inplace, __rust_usable_size/],
      [`counted:${lacking}`, /but not __rust_reallocate_inplace, __rust_usable_size/],
      [`counted:${none}`, /is no allocator/],
      ['counted:./no/such.so', /no\/such\.so does not exist/],
      ['counted:jemaloc', /--allocator is "jemaloc"\. Valid: jemalloc/],
      ['limited:system', /limited needs bytes/],
      [
        'limited:bytes=0:system',
        /--allocator is "limited:bytes=0:system": bytes of limited is "0"/,
      ],
      ['bump:chunk=1:system', /--allocator is "bump:chunk=1:system": chunk of bump is "1"/],
      [
        'counted:report=/nodir/x:system',
        /--allocator is "counted:report=\/nodir\/x:system": \/nodir\/x cannot be written to: its folder/,
      ],
      ['logged:file=/nodir/x:system', /\/nodir\/x cannot be written to: its folder does not exist/],
      [`logged:file=${fixtures.folder}:system`, /cannot be written to: it is a folder/],
      [`logged:file=${__filename}/x:system`, /cannot be written to: it lies in what is no folder/],
    ] as const) {
      const child = onAllocator(spec, ['/bin/echo', 'ran']);
      expect(child).toMatchObject({ status: 125, stdout: '' });
      expect(child.stderr).toMatch(message);
    }
  });

  test('what only the started process can tell does not blame a variable that nobody set', () => {
    const fifo = path.join(fixtures.folder, 'launched.fifo');
    expect(run('mkfifo', [fifo]).status).toBe(0);
    const child = onAllocator(`counted:report=${fifo}:system`, ['/bin/echo', 'ran']);
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toContain(`allomorph: the allocator asked for is "counted:report=${fifo}`);
    expect(child.stderr).not.toContain('ALLOMORPH_MALLOC');
  });

  test.each([0, 7])('a library whose constructor ends the process with status %i', (status) => {
    const ending = fixtures.library('test/fixtures/allocators/ending.c', [
      `-DSTATUS=${String(status)}`,
    ]);
    for (const spec of [ending, `counted:${ending}`]) {
      const child = onAllocator(spec, ['/bin/echo', 'ran']);
      expect(child).toMatchObject({ status: 125, stdout: '' });
      expect(child.stderr).toContain(
        `libending.so ended the process with status ${String(status)}`,
      );
    }
  });

  test('--no-verify starts the command without such a trial', () => {
    const ending = fixtures.library('test/fixtures/allocators/ending.c', ['-DSTATUS=7']);
    const child = allomorph([
      'run',
      '--no-verify',
      '--allocator',
      ending,
      '--',
      '/bin/echo',
      'ran',
    ]);
    expect(child).toMatchObject({ status: 7, stdout: '', stderr: '' });
  });

  test('a value of the user’s own wins, and is warned of', () => {
    const child = onAllocator(`limited:bytes=1g:${classic}`, ['/bin/echo', 'ran'], {
      ALLOMORPH_MALLOC: 'garbage',
    });
    expect(child).toMatchObject({ status: 125, stdout: '' });
    expect(child.stderr).toContain('ALLOMORPH_MALLOC is "garbage" in the environment already');
    expect(child.stderr).toContain('allomorph: ALLOMORPH_MALLOC ends in "garbage"');
  });

  test('where there is no interposer, nobody reads it', () => {
    const child = onAllocator('system', ['/bin/echo', 'ran'], { ALLOMORPH_MALLOC: 'garbage' });
    expect(child).toMatchObject({ status: 0, stdout: 'ran\n', stderr: '' });
  });
});
