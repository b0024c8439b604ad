import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc, type ProcessAllocator } from 'allomorph';
import { binariesFolder } from '../support/binaries.js';
import { root, run, type Ended } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';

// A whole Node on an allocator of five functions, through liballomorph-malloc.so.

const cli = path.join(root, 'dist', 'cli', 'main.js');
const interposer = path.join(binariesFolder, 'liballomorph-malloc.so');
const allomorph = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [cli, ...args], env);
const onAllocator = (spec: string, command: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  allomorph(['run', '--allocator', spec, '--', ...command], env);
const node = (spec: string, script: string, env: NodeJS.ProcessEnv = {}) =>
  onAllocator(spec, [process.execPath, '-e', script], env);

const fixtures = new CompiledFixtures();
const classic = fixtures.library('test/fixtures/allocators/classic.c');
afterAll(() => {
  fixtures.remove();
});

interface Counts {
  pid: number;
  allocate: number;
  deallocate: number;
  reallocate: number;
  failed: number;
  liveBlocks: number;
}

function countsIn(text: string): Counts[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('allomorph: counted: ')) return [];
    const number = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(line)?.[1]);
    return {
      pid: number('pid'),
      allocate: number('calls: allocate'),
      deallocate: number(' deallocate'),
      reallocate: number(' reallocate'),
      failed: number('failed'),
      liveBlocks: number('live: blocks'),
    };
  });
}

function expectCounts({ stderr }: Ended, least: number): void {
  const [counts] = countsIn(stderr);
  expect(counts?.allocate).toBeGreaterThan(least);
  expect(counts?.deallocate).toBeGreaterThan(0);
  expect(counts?.failed).toBe(0);
  expect(counts?.liveBlocks).toBe((counts?.allocate ?? 0) - (counts?.deallocate ?? 0));
}

describe('Node on the classic five functions', () => {
  const counted = `counted:${classic}`;

  test('says so itself', () => {
    const child = node(
      classic,
      `console.log(JSON.stringify(require('allomorph').processAllocator()))`,
    );
    expect(child).toMatchObject({ status: 0, stderr: '' });
    const allocator = JSON.parse(child.stdout) as ProcessAllocator;
    expect(allocator).toEqual({
      name: 'allomorph-malloc',
      version: null,
      library: interposer,
      source: 'preload',
      options: { spec: classic },
      evidence: `malloc resolves to ${interposer}, which runs on ${classic}`,
    });
  });

  test('a burst of zlib', () => {
    const child = node(
      counted,
      `const zlib = require('node:zlib');
       const text = Buffer.alloc(1 << 20, 'some text that repeats, and repeats');
       let left = 64;
       for (let index = 0; index < 64; index++) {
         zlib.gzip(text, (error, packed) => {
           if (error) throw error;
           zlib.gunzip(packed, (failure, plain) => {
             if (failure || !plain.equals(text)) throw failure ?? new Error('different');
             if (--left === 0) console.log('done');
           });
         });
       }`,
    );
    expect(child).toMatchObject({ status: 0, stdout: 'done\n' });
    expectCounts(child, 1000);
  });

  test('50 worker threads, created and ended', () => {
    const child = node(
      counted,
      `const { Worker } = require('node:worker_threads');
       (async () => {
         for (let round = 0; round < 10; round++) {
           await Promise.all(Array.from({ length: 5 }, (_, index) => new Promise((resolve, reject) => {
             const worker = new Worker('require("zlib").deflateSync(Buffer.alloc(1e5)); setInterval(() => {}, 1000); require("worker_threads").parentPort.postMessage(1)', { eval: true });
             worker.once('error', reject);
             worker.once('message', () => worker.terminate().then(resolve, reject));
           })));
         }
         console.log('done');
       })();`,
    );
    expect(child).toMatchObject({ status: 0, stdout: 'done\n' });
    expectCounts(child, 1000);
  });

  test('npm --version', () => {
    const child = onAllocator(counted, ['npm', '--version']);
    expect(child.status).toBe(0);
    expect(child.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expectCounts(child, 1000);
  });

  test('a tree of processes: each reports for itself, what is no Node is left alone', () => {
    const report = path.join(fixtures.folder, 'tree.txt');
    const leaf = `${process.execPath} -p process.pid`;
    const child = node(
      `counted:report=${report}:${classic}`,
      `const { execSync } = require('node:child_process');
       console.log(process.pid);
       process.stdout.write(execSync(${JSON.stringify(`${leaf}; /bin/true; sh -c '${leaf}'`)}));
       process.stdout.write(execSync('env | grep -c ALLOMORPH || true'));`,
    );
    expect(child).toMatchObject({ status: 0, stderr: '' });
    const lines = child.stdout.trim().split('\n').map(Number);
    expect(lines.pop()).toBe(0);
    const reported = countsIn(readFileSync(report, 'utf8')).map(({ pid }) => pid);
    expect(reported.sort()).toEqual(lines.sort());
    expect(reported).toHaveLength(3);
  });

  test('sharp', () => {
    const child = node(
      counted,
      `require('sharp')({ create: { width: 800, height: 600, channels: 3, background: 'red' } })
         .resize(300).blur(2).webp().toBuffer()
         .then((buffer) => console.log(buffer.length > 100));`,
    );
    expect(child).toMatchObject({ status: 0, stdout: 'true\n' });
    expectCounts(child, 1000);
  });

  test.each([0, 1, 3, 125, 255])('exit status %i is the command’s own', (status) => {
    expect(node(classic, `process.exit(${String(status)})`).status).toBe(status);
  });

  test.each(['SIGTERM', 'SIGKILL', 'SIGINT'] as const)('death by %s', (signal) => {
    const child = node(
      classic,
      `process.kill(process.pid, '${signal}'); setTimeout(() => {}, 9e4)`,
    );
    expect(child).toMatchObject({ status: null, signal });
  });

  test('a thread that ends the process', () => {
    const child = node(
      counted,
      `const { Worker } = require('node:worker_threads');
       new Worker('setInterval(() => {}, 1)', { eval: true }).once('online', () => process.exit(7));`,
    );
    expect(child.status).toBe(7);
    expectCounts(child, 1000);
  });

  test('as the operator’s choice of allomorph/process', () => {
    const child = run(
      process.execPath,
      ['-r', 'allomorph/process', '-p', `require('allomorph').processAllocator().options.spec`],
      { ALLOMORPH_PROCESS_ALLOCATOR: `limited:bytes=2g:${classic}` },
    );
    expect(child).toMatchObject({
      status: 0,
      stdout: `limited:bytes=2g:${classic}\n`,
      stderr: '',
    });
  });

  test('preloaded by hand, allomorph/process finds what it would start', () => {
    const child = run(
      process.execPath,
      ['-r', 'allomorph/process', '-p', `process.env.LD_PRELOAD === '${interposer}'`],
      {
        ALLOMORPH_PROCESS_ALLOCATOR: classic,
        ALLOMORPH_MALLOC: classic,
        LD_PRELOAD: interposer,
      },
    );
    expect(child).toMatchObject({ status: 0, stdout: 'true\n', stderr: '' });
  });
});

const withJemalloc = jemalloc.available ? describe : describe.skip;

withJemalloc('on jemalloc', () => {
  test('which is configured as without blocks', () => {
    const child = onAllocator(
      'counted:jemalloc',
      [
        process.execPath,
        '-e',
        `require('node:zlib').gzipSync(Buffer.alloc(1e7));
         const { readFileSync, readdirSync } = require('node:fs');
         const names = () => readdirSync('/proc/self/task').map((task) => readFileSync('/proc/self/task/' + task + '/comm', 'utf8').trim());
         console.log(names().includes('jemalloc_bg_thd'), process.env.MALLOC_CONF);`,
      ],
      {},
    );
    expect(child).toMatchObject({ status: 0, stdout: 'true undefined\n' });
    expectCounts(child, 1000);
  });

  test('doctor names both, and finds nothing wrong with the order', () => {
    const child = onAllocator('counted:jemalloc', [process.execPath, cli, 'doctor']);
    expect(child.stdout).toContain('malloc    allomorph-malloc (preloaded by allomorph)');
    expect(child.stdout).toMatch(/options +spec:counted:.*liballomorph-jemalloc\.so/);
    expect(child.stdout).not.toContain('is not the one in use');
  });
});

describe('exhaustion', () => {
  test('limited: an array that does not fit is an error of JavaScript, and the program goes on', () => {
    const child = node(
      'limited:bytes=300m:system',
      `try { new Uint8Array(1e9); console.log('allocated'); } catch (error) { console.log(error.name); }
       console.log(new Uint8Array(1e6).length);`,
    );
    expect(child).toMatchObject({ status: 0, stdout: 'RangeError\n1000000\n', stderr: '' });
  });

  test.each([500_000, 600_000])(
    'failing after %i calls into the work of an addon: the report comes, whatever becomes of the process',
    (after) => {
      const child = node(
        `failing:after=${String(after)}:system`,
        `const sharp = require('sharp');
         (async () => {
           for (;;) {
             await sharp({ create: { width: 500, height: 500, channels: 3, background: 'red' } })
               .resize(300).blur(3).png().toBuffer();
           }
         })().catch((error) => { console.log('thrown', error.message); process.exit(3); });`,
      );
      expect(child.status).not.toBe(0);
      expect(child.stderr).toMatch(/allomorph: failing: pid \d+: the first call was made to fail/);
    },
  );

  test('failing with a probability: those are counted', () => {
    const child = onAllocator('failing:probability=0.5,seed=7:system', [
      'python3',
      '-S',
      '-c',
      'print(1)',
    ]);
    expect(child.stderr).toMatch(/allomorph: failing: pid \d+: the first call was made to fail/);
  });
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
    ['limited:bytes=1m,bytes=2m:system', /the option bytes is given twice/],
    ['limited:bytes=1m', /what follows the options of limited is missing/],
    ['counted:speed=1:system', /counted has no option "speed"/],
    ['counted:report=here:system', /is no absolute path/],
    ['counted:report=/no/such/file:system', /cannot be written to: No such file/],
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
    const lacking = path.join(fixtures.folder, 'liblacking.so');
    for (const [spec, message] of [
      [lacking, /but not __rust_reallocate_inplace, __rust_usable_size/],
      [`counted:${lacking}`, /but not __rust_reallocate_inplace, __rust_usable_size/],
      [`counted:${path.join(fixtures.folder, 'libexec-family.so')}`, /is no allocator/],
      ['counted:./no/such.so', /no\/such\.so does not exist/],
      ['counted:jemaloc', /--allocator is "jemaloc"\. Valid: jemalloc/],
      ['limited:system', /limited needs bytes/],
    ] as const) {
      const child = onAllocator(spec, ['/bin/echo', 'ran']);
      expect(child).toMatchObject({ status: 125, stdout: '' });
      expect(child.stderr).toMatch(message);
    }
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
  });
});
