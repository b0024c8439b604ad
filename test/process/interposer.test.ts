import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jemalloc, type ProcessAllocator } from 'allomorph';
import { cli, run } from '../support/child.js';
import { CompiledFixtures } from '../support/compiled.js';
import { countsIn, expectCounts, interposer, node, onAllocator } from './support/interposed.js';

const fixtures = new CompiledFixtures();
const classic = fixtures.library('test/fixtures/allocators/classic.c');
afterAll(() => {
  fixtures.remove();
});

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
