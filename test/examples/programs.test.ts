import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root, run } from '../support/child';

const small: [program: string, name: string, done: RegExp, sizes: Record<string, string>][] = [
  ['zlib-burst', 'burst', /^50 x zlib\.deflate$/, { BURST: '50' }],
  ['retained-buffers', 'buffers', /^20 x 1 MiB, 10 retained,$/, { BUFFERS: '20' }],
  [
    'worker-rounds',
    'workers',
    /^2 rounds of 2 x 100 Buffers$/,
    { ROUNDS: '2', WORKERS: '2', BUFFERS: '100' },
  ],
  [
    'sharp-pipeline',
    'thumbnails',
    /^25 thumbnails, \d+\.\d MB,$/,
    { IMAGES: '25', WIDTH: '300', CONCURRENCY: '2' },
  ],
];

const example = (program: string, environment: Record<string, string>) =>
  run(process.execPath, [`examples/${program}.mjs`], environment);

describe.each(small)('examples/%s.mjs', (program, name, done, sizes) => {
  test('reports one line of JSON', () => {
    const child = example(program, { ...sizes, IDLE: '0.1', ALLOMORPH_EXAMPLE_JSON: '1' });
    expect({ status: child.status, lines: child.stdout.split('\n').length }).toEqual({
      status: 0,
      lines: 2,
    });
    const report = JSON.parse(child.stdout) as {
      seconds: number;
      resident: Record<'start' | 'peak' | 'idle', number>;
    };
    expect(report).toEqual({
      name,
      allocator: expect.objectContaining({
        name: expect.any(String),
        evidence: expect.any(String),
      }),
      done: expect.stringMatching(done),
      seconds: expect.any(Number),
      cpuSeconds: expect.any(Number),
      resident: expect.anything(),
    });
    const { start, peak, idle } = report.resident;
    expect(report.seconds).toBeGreaterThan(0);
    expect(start).toBeGreaterThan(10e6);
    expect(peak).toBeGreaterThanOrEqual(Math.max(start, idle));
  });

  test('reports to people', () => {
    const child = example(program, { ...sizes, IDLE: '0' });
    expect(child.status).toBe(0);
    expect(child.stdout).toMatch(
      /^allocator {3}\S.*\n\S+ +\d.* in [\d.]+ s\nresident {4}start \d+ MB, peak \d+ MB, idle \d+ MB\ngiven back {2}idle is [\d.]+% of peak\n$/,
    );
  });
});

test('a size that is no number is a sentence', () => {
  expect(example('zlib-burst', { BURST: 'many' })).toMatchObject({
    status: 2,
    stderr: 'BURST is "many"; it must be a number from 0 up, such as 10000.\n',
  });
});

test('without sharp, sharp-pipeline says what to install', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-examples-'));
  try {
    cpSync(path.join(root, 'examples'), path.join(folder, 'examples'), { recursive: true });
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(root, path.join(folder, 'node_modules', 'allomorph'));
    const child = run(process.execPath, [path.join(folder, 'examples', 'sharp-pipeline.mjs')]);
    expect(child).toMatchObject({
      status: 2,
      stdout: '',
      stderr:
        'sharp-pipeline needs the package sharp, which is not installed. Run: npm install sharp\n',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
